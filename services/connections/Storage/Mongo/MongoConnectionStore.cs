using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Relationships;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// The store on MongoDB, for any number of processes. Fields and indexes: <see cref="RelationshipBson"/>; revisions:
/// <see cref="MongoRevisions"/>; shard key, scattering queries and their costs: docs/adr/0008.
/// </summary>
public sealed class MongoConnectionStore : IConnectionStore
{
    // enough that one slow query holds up a part only; with more of them each gathers less
    private const int QueriesAtOnce = 4;
    private const int PairsAQuery = 100;

    private readonly MongoConnection _connection;
    private readonly IMongoCollection<BsonDocument> _relationships;
    private readonly IMongoCollection<BsonDocument> _store;
    private readonly MongoRevisions _revisions;
    private readonly GatheredReads<MemberPair, PairStatus> _statuses;
    private readonly GatheredReads<MemberPair, BsonDocument> _documents;

    public MongoConnectionStore(MongoConnection connection, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _relationships = connection.Collection(RelationshipBson.Collection);
        _store = connection.Collection(StoreBson.Collection);
        _revisions = new MongoRevisions(connection.CommandTimeout, time);
        _statuses = new GatheredReads<MemberPair, PairStatus>(
            async pairs =>
                (
                    await FindPairsAsync(pairs, RelationshipBson.StatusFields).ConfigureAwait(false)
                ).ToDictionary(
                    found => found.Key,
                    found => RelationshipBson.ReadStatus(found.Value)
                ),
            QueriesAtOnce,
            PairsAQuery
        );
        _documents = new GatheredReads<MemberPair, BsonDocument>(
            pairs => FindPairsAsync(pairs, fields: null),
            QueriesAtOnce,
            PairsAQuery
        );
    }

    /// <summary>What has to be there before the store serves.</summary>
    public static MongoIndexes Indexes => RelationshipBson.Indexes;

    /// <inheritdoc />
    public ValueTask<PairStatus> GetStatusAsync(
        MemberPair pair,
        CancellationToken cancellationToken
    ) => new(_statuses.ReadAsync(pair, cancellationToken));

    /// <inheritdoc />
    public async Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var ids = others
            .Select(other =>
                string.Equals(other, member, StringComparison.Ordinal)
                    ? ""
                    : RelationshipBson.IdOf(MemberPair.Of(member, other))
            )
            .ToArray();
        var documents = await FindAsync(
                With(member, others),
                sort: null,
                RelationshipBson.StatusFields,
                limit: null,
                cancellationToken
            )
            .ConfigureAwait(false);
        var found = documents.ToDictionary(
            document => document[RelationshipBson.Id].AsString,
            RelationshipBson.ReadStatus,
            StringComparer.Ordinal
        );
        return [.. ids.Select(id => found.GetValueOrDefault(id))];
    }

    /// <inheritdoc />
    public async Task<Relationship> GetAsync(MemberPair pair, CancellationToken cancellationToken)
    {
        var document = await _documents.ReadAsync(pair, cancellationToken).ConfigureAwait(false);
        return document is null ? Relationship.None(pair) : Read(document);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<string, Relationship>> GetManyAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var documents = await FindAsync(
                With(member, others),
                sort: null,
                fields: null,
                limit: null,
                cancellationToken
            )
            .ConfigureAwait(false);
        return documents
            .Select(Read)
            .ToDictionary(
                relationship => relationship.Pair.OtherOf(member),
                StringComparer.Ordinal
            );
    }

    /// <inheritdoc />
    public Task<Relationship?> TryStoreAsync(Relationship next, CancellationToken cancellationToken)
    {
        // An insert is an upsert that looks for a revision that no document has: one that is there is met by the key.
        var filter = RelationshipBson.Filter(next.Pair);
        filter[RelationshipBson.Revision] = next.Revision;
        var pipeline = RelationshipBson.Update(next, _revisions.Next(next.Revision));
        return _connection.RunAsync<Relationship?>(
            async cancel =>
            {
                try
                {
                    var stored = await _relationships
                        .FindOneAndUpdateAsync(
                            filter,
                            Builders<BsonDocument>.Update.Pipeline(pipeline),
                            new FindOneAndUpdateOptions<BsonDocument, BsonDocument>
                            {
                                IsUpsert = next.Revision == 0,
                                ReturnDocument = ReturnDocument.After,
                                Projection = new BsonDocument(RelationshipBson.Revision, 1),
                                // a revision given and not yet visible is in doubt for no longer
                                MaxTime = _connection.CommandTimeout,
                            },
                            cancel
                        )
                        .ConfigureAwait(false);
                    if (stored is null)
                    {
                        return null;
                    }
                    var revision = stored[RelationshipBson.Revision].ToInt64();
                    _revisions.Saw(revision);
                    return next.Stamped(revision);
                }
                catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
                {
                    return null;
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ListEntry>> ListAsync(
        ListQuery query,
        CancellationToken cancellationToken
    )
    {
        var halves = await Task.WhenAll(
                ListHalfAsync(query, ListHalf.OfLow, cancellationToken),
                ListHalfAsync(query, ListHalf.OfHigh, cancellationToken)
            )
            .ConfigureAwait(false);
        var entries = halves.SelectMany(entries => entries);
        var ordered =
            query.Order == ListOrder.Recent
                ? entries
                    .OrderByDescending(entry => entry.Time)
                    .ThenBy(entry => entry.OtherId, StringComparer.Ordinal)
                : entries.OrderBy(entry => entry.OtherId, StringComparer.Ordinal);
        return [.. ordered.Take(query.Limit)];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Relationship>> ListRelationshipsAsync(
        ListQuery query,
        CancellationToken cancellationToken
    )
    {
        if (query.Order != ListOrder.Recent)
        {
            throw new ArgumentException("Only in the order Recent.", nameof(query));
        }
        var halves = await Task.WhenAll(
                FindAsync(
                    ListHalf.OfLow.Filter(query),
                    ListHalf.OfLow.Sort(query.Order),
                    fields: null,
                    query.Limit,
                    cancellationToken
                ),
                FindAsync(
                    ListHalf.OfHigh.Filter(query),
                    ListHalf.OfHigh.Sort(query.Order),
                    fields: null,
                    query.Limit,
                    cancellationToken
                )
            )
            .ConfigureAwait(false);
        return
        [
            .. halves
                .SelectMany(documents => documents)
                .Select(Read)
                .OrderByDescending(relationship =>
                    relationship.ListTimeOf(relationship.Pair.SideOf(query.Member))
                )
                .ThenBy(
                    relationship =>
                        relationship.Pair.MemberAt(relationship.Pair.SideOf(query.Member).Other()),
                    StringComparer.Ordinal
                )
                .Take(query.Limit),
        ];
    }

    /// <inheritdoc />
    public async Task<long> CountAsync(
        string member,
        RelationshipList list,
        CancellationToken cancellationToken
    )
    {
        var query = new ListQuery(member, list, Limit: 0);
        var halves = await Task.WhenAll(
                CountAsync(ListHalf.OfLow.Filter(query), cancellationToken),
                CountAsync(ListHalf.OfHigh.Filter(query), cancellationToken)
            )
            .ConfigureAwait(false);
        return halves.Sum();
    }

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<RelationshipList, long>> CountAllAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var halves = await Task.WhenAll(
                CountHalfAsync(member, ListHalf.OfLow, cancellationToken),
                CountHalfAsync(member, ListHalf.OfHigh, cancellationToken)
            )
            .ConfigureAwait(false);
        var counts = new Dictionary<RelationshipList, long>();
        foreach (var (list, isInviter, entries) in halves.SelectMany(groups => groups))
        {
            counts[list] = counts.GetValueOrDefault(list) + entries;
            if (list == RelationshipList.Connections)
            {
                var accepted = isInviter
                    ? RelationshipList.SentAccepted
                    : RelationshipList.ReceivedAccepted;
                counts[accepted] = counts.GetValueOrDefault(accepted) + entries;
            }
        }
        return counts;
    }

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
        return documents.Count == 0 ? 0 : documents[0][RelationshipBson.Revision].ToInt64();
    }

    /// <inheritdoc />
    public Task<string> GetIdentityAsync(CancellationToken cancellationToken) =>
        _connection.RunAsync(
            async cancel =>
            {
                var stored = await FindIdentityAsync(cancel).ConfigureAwait(false);
                if (stored is null)
                {
                    try
                    {
                        await _store
                            .InsertOneAsync(StoreBson.Of(Guid.NewGuid()), cancellationToken: cancel)
                            .ConfigureAwait(false);
                    }
                    catch (MongoException exception) when (MongoErrors.IsDuplicateKey(exception))
                    {
                        // another process was faster, and what it stored holds
                    }
                    stored = await FindIdentityAsync(cancel).ConfigureAwait(false);
                }
                return StoreBson.ReadIdentity(stored!);
            },
            cancellationToken
        );

    private Task<BsonDocument?> FindIdentityAsync(CancellationToken cancellationToken) =>
        _store.Find(StoreBson.Filter).FirstOrDefaultAsync(cancellationToken)!;

    private Task<long> CountAsync(BsonDocument filter, CancellationToken cancellationToken) =>
        _connection.RunAsync(
            cancel => _relationships.CountDocumentsAsync(filter, cancellationToken: cancel),
            cancellationToken
        );

    private async Task<IReadOnlyDictionary<MemberPair, BsonDocument>> FindPairsAsync(
        IReadOnlyCollection<MemberPair> pairs,
        BsonDocument? fields
    )
    {
        var documents = await FindAsync(
                In(pairs.Select(RelationshipBson.IdOf), pairs.Select(pair => pair.Low)),
                sort: null,
                fields,
                limit: null,
                CancellationToken.None
            )
            .ConfigureAwait(false);
        var found = documents.ToDictionary(
            document => document[RelationshipBson.Id].AsString,
            StringComparer.Ordinal
        );
        return pairs
            .Where(pair => found.ContainsKey(RelationshipBson.IdOf(pair)))
            .ToDictionary(pair => pair, pair => found[RelationshipBson.IdOf(pair)]);
    }

    private static BsonDocument With(string member, IReadOnlyList<string> others)
    {
        var pairs = others
            .Where(other => !string.Equals(other, member, StringComparison.Ordinal))
            .Select(other => MemberPair.Of(member, other))
            .ToArray();
        return In(pairs.Select(RelationshipBson.IdOf), pairs.Select(pair => pair.Low));
    }

    // the low sides say nothing that the ids do not, except to a router, which finds the shards by them
    private static BsonDocument In(IEnumerable<string> ids, IEnumerable<string> lows)
    {
        return new BsonDocument
        {
            [RelationshipBson.Id] = Any(ids),
            [RelationshipBson.Low] = Any(lows),
        };

        static BsonDocument Any(IEnumerable<string> values) =>
            new("$in", new BsonArray(values.Distinct(StringComparer.Ordinal)));
    }

    private Task<List<BsonDocument>> FindAsync(
        BsonDocument filter,
        BsonDocument? sort,
        BsonDocument? fields,
        int? limit,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            cancel =>
            {
                var find = _relationships.Find(filter);
                if (sort is not null)
                {
                    find = find.Sort(sort);
                }
                if (limit is not null)
                {
                    find = find.Limit(limit);
                }
                return (fields is null ? find : find.Project(fields)).ToListAsync(cancel);
            },
            cancellationToken
        );

    private async Task<IEnumerable<ListEntry>> ListHalfAsync(
        ListQuery query,
        ListHalf half,
        CancellationToken cancellationToken
    )
    {
        var documents = await FindAsync(
                half.Filter(query),
                half.Sort(query.Order),
                half.EntryFields,
                query.Limit,
                cancellationToken
            )
            .ConfigureAwait(false);
        return documents.Select(half.ReadEntry);
    }

    private async Task<
        IEnumerable<(RelationshipList List, bool IsInviter, long Entries)>
    > CountHalfAsync(string member, ListHalf half, CancellationToken cancellationToken)
    {
        var groups = await _connection
            .RunAsync(
                cancel =>
                    _relationships
                        .Aggregate<BsonDocument>(
                            half.CountPipeline(member),
                            cancellationToken: cancel
                        )
                        .ToListAsync(cancel),
                cancellationToken
            )
            .ConfigureAwait(false);
        return groups.Select(half.ReadCount);
    }

    private Relationship Read(BsonDocument document)
    {
        var relationship = RelationshipBson.Read(document);
        _revisions.Saw(relationship.Revision);
        return relationship;
    }
}
