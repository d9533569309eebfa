using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Feed.FanOut;

namespace Platform.Feed.Storage.Mongo;

/// <summary>
/// The changes of one document. Those made of operators take values as they are; those made of expressions hold no value
/// that anybody wrote.
/// </summary>
internal static class PostUpdates
{
    /// <summary>Replaces what an edit can change; with <see cref="PostChange.RestartDelivery"/> the job begins anew.</summary>
    public static UpdateDefinition<BsonDocument> Edit(PostChange change, RequestKey? request)
    {
        var set = new BsonDocument
        {
            [PostBson.Text] = change.Text,
            [PostBson.Audience] = (int)change.Audience,
            [PostBson.Listed] = (int)change.Audience,
            [PostBson.UpdateTime] = PostBson.Time(change.UpdateTime),
        };
        var unset = new BsonDocument();
        if (change.Hashtags.Count > 0)
        {
            set[PostBson.Hashtags] = new BsonArray(change.Hashtags);
        }
        else
        {
            unset[PostBson.Hashtags] = "";
        }
        if (request is not null)
        {
            set[PostBson.LastUpdate] = PostBson.WriteKey(request);
        }
        else
        {
            unset[PostBson.LastUpdate] = "";
        }
        if (change.RestartDelivery)
        {
            set[PostBson.JobState] = (int)DeliveryState.Open;
            set[PostBson.JobDue] = PostBson.Time(change.UpdateTime);
            set[PostBson.JobPosition] = "";
            set[PostBson.JobProcessed] = 0L;
            set[PostBson.JobReached] = 0L;
            set[PostBson.JobFailures] = 0;
            unset[PostBson.JobLease] = "";
            unset[PostBson.JobReason] = "";
            unset[PostBson.JobStartTime] = "";
            unset[PostBson.JobCompleteTime] = "";
            if (PostTrace.OfCurrentCall is { } trace)
            {
                set[PostBson.JobTrace] = trace;
            }
            else
            {
                unset[PostBson.JobTrace] = "";
            }
        }
        return Operators(set, unset, new BsonDocument(PostBson.Revision, 1));
    }

    /// <summary>Leaves of a post what recognises repetitions, and cancels its job if that is open.</summary>
    public static UpdateDefinition<BsonDocument> Delete(DateTimeOffset now) =>
        Builders<BsonDocument>.Update.Pipeline(
            new BsonDocument[]
            {
                new(
                    "$set",
                    new BsonDocument
                    {
                        [PostBson.Text] = "",
                        [PostBson.DeleteTime] = PostBson.Time(now),
                        [PostBson.Revision] = new BsonDocument(
                            "$add",
                            new BsonArray { $"${PostBson.Revision}", 1 }
                        ),
                        [PostBson.JobPosition] = "",
                        [PostBson.JobState] = new BsonDocument(
                            "$cond",
                            new BsonArray
                            {
                                new BsonDocument(
                                    "$eq",
                                    new BsonArray
                                    {
                                        $"${PostBson.JobState}",
                                        (int)DeliveryState.Open,
                                    }
                                ),
                                (int)DeliveryState.Cancelled,
                                $"${PostBson.JobState}",
                            }
                        ),
                    }
                ),
                new(
                    "$unset",
                    new BsonArray
                    {
                        PostBson.Listed,
                        PostBson.Hashtags,
                        PostBson.JobDue,
                        PostBson.JobLease,
                    }
                ),
            }
        );

    /// <summary>A new lease, which ends every older one.</summary>
    public static UpdateDefinition<BsonDocument> Lease(
        string lease,
        DateTimeOffset now,
        DateTimeOffset leaseEnd
    ) =>
        Builders<BsonDocument>.Update.Pipeline(
            new BsonDocument[]
            {
                new(
                    "$set",
                    new BsonDocument
                    {
                        [PostBson.JobLease] = lease,
                        [PostBson.JobDue] = PostBson.Time(leaseEnd),
                        [PostBson.JobStartTime] = new BsonDocument(
                            "$ifNull",
                            new BsonArray { $"${PostBson.JobStartTime}", PostBson.Time(now) }
                        ),
                    }
                ),
            }
        );

    public static UpdateDefinition<BsonDocument> Advance(
        string position,
        DeliveryCounts counts,
        DateTimeOffset due
    ) =>
        Operators(
            new BsonDocument
            {
                [PostBson.JobPosition] = position,
                [PostBson.JobFailures] = 0,
                [PostBson.JobDue] = PostBson.Time(due),
            },
            new BsonDocument(PostBson.JobReason, ""),
            Counted(counts)
        );

    public static UpdateDefinition<BsonDocument> Complete(
        DeliveryCounts counts,
        bool pulled,
        DateTimeOffset now
    ) =>
        Operators(
            new BsonDocument
            {
                [PostBson.JobState] = (int)(
                    pulled ? DeliveryState.Pulled : DeliveryState.Delivered
                ),
                [PostBson.JobPosition] = "",
                [PostBson.JobFailures] = 0,
                [PostBson.JobCompleteTime] = PostBson.Time(now),
            },
            new BsonDocument
            {
                [PostBson.JobDue] = "",
                [PostBson.JobLease] = "",
                [PostBson.JobReason] = "",
            },
            Counted(counts)
        );

    public static UpdateDefinition<BsonDocument> Retry(string reason, DateTimeOffset due) =>
        Operators(
            new BsonDocument
            {
                [PostBson.JobReason] = reason,
                [PostBson.JobDue] = PostBson.Time(due),
            },
            new BsonDocument(PostBson.JobLease, ""),
            new BsonDocument { [PostBson.JobRetries] = 1, [PostBson.JobFailures] = 1 }
        );

    public static UpdateDefinition<BsonDocument> Release(DateTimeOffset due) =>
        new BsonDocument
        {
            ["$set"] = new BsonDocument(PostBson.JobDue, PostBson.Time(due)),
            ["$unset"] = new BsonDocument(PostBson.JobLease, ""),
        };

    private static BsonDocument Counted(DeliveryCounts counts) =>
        new()
        {
            [PostBson.JobProcessed] = counts.Processed,
            [PostBson.JobReached] = counts.Reached,
        };

    private static UpdateDefinition<BsonDocument> Operators(
        BsonDocument set,
        BsonDocument unset,
        BsonDocument increase
    )
    {
        var update = new BsonDocument { ["$set"] = set, ["$inc"] = increase };
        if (unset.ElementCount > 0)
        {
            update["$unset"] = unset;
        }
        return update;
    }
}
