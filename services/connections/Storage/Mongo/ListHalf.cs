using MongoDB.Bson;
using Platform.Connections.Relationships;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// A list of a member is made of two halves: the pairs in which it is the low side, and those in which it is the high one. A
/// pair never changes halves, so reading them one after the other neither skips nor repeats.
/// </summary>
internal sealed class ListHalf
{
    /// <summary>Where the member is low.</summary>
    public static readonly ListHalf OfLow = new(
        Side.Low,
        RelationshipBson.Low,
        RelationshipBson.LowList,
        RelationshipBson.LowListTime,
        RelationshipBson.High
    );

    /// <summary>Where the member is high.</summary>
    public static readonly ListHalf OfHigh = new(
        Side.High,
        RelationshipBson.High,
        RelationshipBson.HighList,
        RelationshipBson.HighListTime,
        RelationshipBson.Low
    );

    private readonly Side _side;
    private readonly string _member;
    private readonly string _list;
    private readonly string _time;
    private readonly string _other;

    private ListHalf(Side side, string member, string list, string time, string other)
    {
        _side = side;
        _member = member;
        _list = list;
        _time = time;
        _other = other;
        EntryFields = new BsonDocument
        {
            [other] = 1,
            [time] = 1,
            [RelationshipBson.Id] = 0,
        };
    }

    /// <summary>What <see cref="ReadEntry"/> needs; all of it stands in the index.</summary>
    public BsonDocument EntryFields { get; }

    public BsonDocument Filter(ListQuery query)
    {
        // accepted invitations are connections of one inviter
        var (list, inviter) = query.List switch
        {
            RelationshipList.SentAccepted => (RelationshipList.Connections, _side),
            RelationshipList.ReceivedAccepted => (RelationshipList.Connections, _side.Other()),
            _ => (query.List, Side.None),
        };
        var filter = new BsonDocument { [_member] = query.Member, [_list] = (int)list };
        if (inviter != Side.None)
        {
            filter[RelationshipBson.Inviter] = (int)inviter;
        }
        var time = new BsonDocument();
        if (query.From is { } from)
        {
            time["$gte"] = new BsonDateTime(CeilingMilliseconds(from));
        }
        var before = query.Before is { } limit ? CeilingMilliseconds(limit) - 1 : long.MaxValue;
        if (query.After is { } after)
        {
            if (query.Order == ListOrder.Recent)
            {
                var afterTime = after.Time.ToUnixTimeMilliseconds();
                before = Math.Min(before, afterTime);
                filter["$or"] = new BsonArray
                {
                    new BsonDocument(_time, new BsonDocument("$lt", new BsonDateTime(afterTime))),
                    new BsonDocument(_other, new BsonDocument("$gt", after.OtherId)),
                };
            }
            else
            {
                filter[_other] = new BsonDocument("$gt", after.OtherId);
            }
        }
        if (before != long.MaxValue)
        {
            time["$lte"] = new BsonDateTime(before);
        }
        if (time.ElementCount > 0)
        {
            filter[_time] = time;
        }
        return filter;
    }

    // By id: a member has some thousands of entries at most; they are sorted, rather than kept in one more index.
    public BsonDocument Sort(ListOrder order) =>
        order == ListOrder.Recent
            ? new BsonDocument { [_time] = -1, [_other] = 1 }
            : new BsonDocument(_other, 1);

    public ListEntry ReadEntry(BsonDocument document) =>
        new(document[_other].AsString, RelationshipBson.ReadTime(document[_time]));

    /// <summary>A group a list and inviter, counted in the index.</summary>
    public BsonDocument[] CountPipeline(string member) =>
        [
            new(
                "$match",
                new BsonDocument { [_member] = member, [_list] = new BsonDocument("$gt", 0) }
            ),
            new(
                "$group",
                new BsonDocument
                {
                    [RelationshipBson.Id] = new BsonDocument
                    {
                        ["list"] = $"${_list}",
                        ["inviter"] = $"${RelationshipBson.Inviter}",
                    },
                    ["entries"] = new BsonDocument("$sum", 1),
                }
            ),
        ];

    /// <summary>One group, or none for an empty list; made from the index.</summary>
    public BsonDocument[] StatePipeline(ListQuery query) =>
        [
            new("$match", Filter(query)),
            new(
                "$group",
                new BsonDocument
                {
                    [RelationshipBson.Id] = BsonNull.Value,
                    ["entries"] = new BsonDocument("$sum", 1),
                    ["times"] = new BsonDocument("$sum", new BsonDocument("$toLong", $"${_time}")),
                }
            ),
        ];

    public static ListState ReadState(BsonDocument group) =>
        new(group["entries"].ToInt64(), group["times"].ToInt64());

    public (RelationshipList List, bool IsInviter, long Entries) ReadCount(BsonDocument group)
    {
        var key = group[RelationshipBson.Id].AsBsonDocument;
        return (
            (RelationshipList)key["list"].ToInt32(),
            (Side)key["inviter"].ToInt32() == _side,
            group["entries"].ToInt64()
        );
    }

    // kept times are whole milliseconds: a bound between two of them counts as the later one
    private static long CeilingMilliseconds(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        return time > DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            ? milliseconds + 1
            : milliseconds;
    }
}
