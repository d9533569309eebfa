using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Relationships;

namespace Platform.Connections.Storage.Mongo;

/// <content>A member's lists, a page at a time, and their counts.</content>
public sealed partial class MongoConnectionStore
{
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
    public async Task<ListState> ReadConnectionsStateAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var query = new ListQuery(member, RelationshipList.Connections, Limit: 0);
        var halves = await Task.WhenAll(
                ReadHalfStateAsync(query, ListHalf.OfLow, cancellationToken),
                ReadHalfStateAsync(query, ListHalf.OfHigh, cancellationToken)
            )
            .ConfigureAwait(false);
        return new ListState(halves.Sum(half => half.Count), halves.Sum(half => half.TimeSum));
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

    private Task<long> CountAsync(BsonDocument filter, CancellationToken cancellationToken) =>
        _connection.RunAsync(
            cancel => Relationships.CountDocumentsAsync(filter, cancellationToken: cancel),
            cancellationToken
        );

    private Task<ListState> ReadHalfStateAsync(
        ListQuery query,
        ListHalf half,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                var states = await Relationships
                    .Aggregate<BsonDocument>(half.StatePipeline(query), cancellationToken: cancel)
                    .ToListAsync(cancel)
                    .ConfigureAwait(false);
                return states is [var state] ? ListHalf.ReadState(state) : default;
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
}
