using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Relationships;

namespace Platform.Connections.Storage.Mongo;

/// <content>The change record, and what workers and loaders go through.</content>
public sealed partial class MongoConnectionStore
{
    /// <inheritdoc />
    public async Task<IReadOnlyList<Relationship>> ReadChangesAsync(
        long afterRevision,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var sort = new BsonDocument { [RelationshipBson.Revision] = 1, [RelationshipBson.Id] = 1 };
        var documents = await FindAsync(
                new BsonDocument(RelationshipBson.Revision, new BsonDocument("$gt", afterRevision)),
                sort,
                fields: null,
                limit,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (documents.Count == limit)
        {
            // two processes may give two pairs one revision; whoever goes on from it must have seen both
            var last = documents[^1];
            var alike = await FindAsync(
                    new BsonDocument
                    {
                        [RelationshipBson.Revision] = last[RelationshipBson.Revision],
                        [RelationshipBson.Id] = new BsonDocument("$gt", last[RelationshipBson.Id]),
                    },
                    sort,
                    fields: null,
                    limit: null,
                    cancellationToken
                )
                .ConfigureAwait(false);
            documents.AddRange(alike);
        }
        return [.. documents.Select(Read)];
    }

    /// <inheritdoc />
    public long SettledRevision(long revision) => _revisions.Settled(revision);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Relationship>> ListExpiredAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var documents = await FindAsync(
                new BsonDocument(
                    RelationshipBson.ExpireTime,
                    new BsonDocument("$lte", RelationshipBson.Time(now))
                ),
                new BsonDocument(RelationshipBson.ExpireTime, 1),
                fields: null,
                limit,
                cancellationToken
            )
            .ConfigureAwait(false);
        return [.. documents.Select(Read)];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Relationship>> ListPairsAsync(
        MemberPair? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // No index is for this alone. The one of lists gives the members in order, and of each member all its pairs; those
        // are as many as a member has, and put in order as they are read. A page that ends within a member reads it again.
        var pairs = new List<BsonDocument>();
        var low = after?.Low ?? "";
        if (after is { } pair)
        {
            pairs.AddRange(await OfLowAsync(pair.Low, pair.High, limit).ConfigureAwait(false));
        }
        while (pairs.Count < limit)
        {
            var wanted = limit - pairs.Count;
            var next = await FindAsync(
                    new BsonDocument(RelationshipBson.Low, new BsonDocument("$gt", low)),
                    new BsonDocument(RelationshipBson.Low, 1),
                    fields: null,
                    wanted,
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (next.Count == 0)
            {
                break;
            }
            // all pairs of a member are here if one of the next member is, or if nothing else is there
            low = LowOf(next[^1]);
            pairs.AddRange(
                next.Where(document =>
                        !string.Equals(LowOf(document), low, StringComparison.Ordinal)
                    )
                    .OrderBy(LowOf, StringComparer.Ordinal)
                    .ThenBy(
                        document => document[RelationshipBson.High].AsString,
                        StringComparer.Ordinal
                    )
            );
            pairs.AddRange(await OfLowAsync(low, "", limit - pairs.Count).ConfigureAwait(false));
        }
        return [.. pairs.Select(Read)];

        static string LowOf(BsonDocument document) => document[RelationshipBson.Low].AsString;

        Task<List<BsonDocument>> OfLowAsync(string member, string afterHigh, int most) =>
            FindAsync(
                new BsonDocument
                {
                    [RelationshipBson.Low] = member,
                    [RelationshipBson.High] = new BsonDocument("$gt", afterHigh),
                },
                new BsonDocument(RelationshipBson.High, 1),
                fields: null,
                most,
                cancellationToken
            );
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ConnectedPair>> ListConnectedAsync(
        ConnectedPair? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // two ranges of the index of lists, which holds all that is asked for; the first is what is left of the member in the
        // middle of whose connections a page ended
        var pairs = new List<BsonDocument>();
        if (after is { } last)
        {
            var rest = new ListQuery(last.Pair.Low, RelationshipList.Connections, limit)
            {
                After = new ListPosition(last.Time, last.Pair.High),
            };
            pairs.AddRange(
                await FindAsync(
                        ListHalf.OfLow.Filter(rest),
                        ListHalf.OfLow.Sort(rest.Order),
                        RelationshipBson.ConnectedFields,
                        limit,
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            );
        }
        if (pairs.Count < limit)
        {
            pairs.AddRange(
                await FindAsync(
                        new BsonDocument
                        {
                            [RelationshipBson.Low] = new BsonDocument("$gt", after?.Pair.Low ?? ""),
                            [RelationshipBson.LowList] = (int)RelationshipList.Connections,
                        },
                        RelationshipBson.ConnectedOrder,
                        RelationshipBson.ConnectedFields,
                        limit - pairs.Count,
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            );
        }
        return [.. pairs.Select(RelationshipBson.ReadConnected)];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Relationship>> ListToEraseAsync(
        string member,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // first what stands in lists, which is a range of an index; then the rest, among what is erased already
        var halves = new[]
        {
            new BsonDocument
            {
                [RelationshipBson.Low] = member,
                [RelationshipBson.LowList] = new BsonDocument("$gt", 0),
            },
            new BsonDocument
            {
                [RelationshipBson.High] = member,
                [RelationshipBson.HighList] = new BsonDocument("$gt", 0),
            },
            RelationshipBson.NotErased(RelationshipBson.Low, member),
            RelationshipBson.NotErased(RelationshipBson.High, member),
        };
        foreach (var filter in halves)
        {
            var found = await FindAsync(filter, sort: null, fields: null, limit, cancellationToken)
                .ConfigureAwait(false);
            if (found.Count > 0)
            {
                return [.. found.Select(Read)];
            }
        }
        return [];
    }

    /// <inheritdoc />
    public async Task<long> CountToEraseAsync(string member, CancellationToken cancellationToken)
    {
        var halves = await Task.WhenAll(
                CountAsync(
                    RelationshipBson.NotErased(RelationshipBson.Low, member),
                    cancellationToken
                ),
                CountAsync(
                    RelationshipBson.NotErased(RelationshipBson.High, member),
                    cancellationToken
                )
            )
            .ConfigureAwait(false);
        return halves.Sum();
    }

    /// <inheritdoc />
    public async Task<long> GetRevisionAsync(CancellationToken cancellationToken)
    {
        var documents = await FindAsync(
                [],
                new BsonDocument(RelationshipBson.Revision, -1),
                new BsonDocument { [RelationshipBson.Revision] = 1, [RelationshipBson.Id] = 0 },
                limit: 1,
                cancellationToken
            )
            .ConfigureAwait(false);
        var revision = documents.Count == 0 ? 0 : documents[0][RelationshipBson.Revision].ToInt64();
        _revisions.Saw(revision);
        return revision;
    }
}
