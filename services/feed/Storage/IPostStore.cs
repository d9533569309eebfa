using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Storage;

/// <summary>
/// Keeps posts, each together with its fan-out job: the two are one document, and every change of it is one atomic step. A
/// method that returns has stored what it says; a method that throws <see cref="DomainException"/> with
/// <c>STORE_UNAVAILABLE</c> may have stored it or not, but never a part of it. All methods are safe to call from many
/// threads and many replicas at once.
/// <para>
/// <b>Jobs.</b> A job is open from the creation of its post until it is completed or its post is deleted. An open job has
/// a due time. <see cref="LeaseJobAsync"/> takes the open job that has been due longest and moves its due time to the
/// end of the lease, so that nobody else takes it before; a holder that vanishes lets the lease lapse, and the job is
/// due again. Only the newest lease of a job can change it: the methods that take a <see cref="LeasedJob"/> answer false,
/// and change nothing, once the job was leased again, completed, restarted or cancelled. Jobs are never lost and, between
/// equal due times, leased in the order of post ids. A job keeps the trace of the call that last opened it
/// (<see cref="PostTrace.OfCurrentCall"/>), for its delivery to go on with.
/// </para>
/// </summary>
public interface IPostStore
{
    /// <summary>
    /// Stores a post and its open job, due at the post's creation. With <paramref name="request"/>: if the author has a post
    /// made by the same request id, nothing is stored and that post is returned, or the reuse reported. However many calls
    /// race with one request id, from whatever processes, one post is stored and all of them learn it. An id that another
    /// post has is refused, where the engine can tell: a sharded one cannot, so whoever makes ids makes each once.
    /// </summary>
    Task<CreateOutcome> CreateAsync(
        Post post,
        RequestKey? request,
        CancellationToken cancellationToken
    );

    /// <summary>The post; null if there is none or it was deleted. Sees every write that returned before.</summary>
    Task<Post?> GetAsync(PostId id, CancellationToken cancellationToken);

    /// <summary>The posts that exist and are not deleted, in no particular order, each once.</summary>
    Task<IReadOnlyList<Post>> GetManyAsync(
        IReadOnlyCollection<PostId> ids,
        CancellationToken cancellationToken
    );

    /// <summary>All that is kept of a post, even if it was deleted; null if there is nothing.</summary>
    Task<PostRecord?> GetRecordAsync(PostId id, CancellationToken cancellationToken);

    /// <summary>Posts of an author that are not deleted and older than <paramref name="before"/>, newest first.</summary>
    /// <param name="connectionsOnlyToo">Whether posts for connections are among them.</param>
    Task<IReadOnlyList<Post>> ListByAuthorAsync(
        EntityRef author,
        PostId before,
        int limit,
        bool connectionsOnlyToo,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The newest <paramref name="limit"/> posts of all the sources together, newest first, each once. The cost grows
    /// with the number of sources, not with the number of their posts.
    /// </summary>
    Task<IReadOnlyList<PostId>> ListRecentIdsAsync(
        IReadOnlyCollection<PostSource> sources,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Replaces what an edit can change, if the post is still at <paramref name="expectedRevision"/>, and adds one to its
    /// revision. The request key of the last update is kept with the post and looked at first.
    /// </summary>
    Task<UpdateStatus> UpdateAsync(
        PostId id,
        int expectedRevision,
        PostChange change,
        RequestKey? request,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Deletes: removes text and hashtags, cancels the job if it is open, leaves author, times and request id, so that
    /// repetitions are recognised. False if there is no such post or it was deleted before.
    /// </summary>
    Task<bool> DeleteAsync(PostId id, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes up to <paramref name="limit"/> posts of an author without a trace, deleted ones too.</summary>
    /// <returns>How many were removed; fewer than <paramref name="limit"/> means none is left.</returns>
    Task<int> EraseAuthorAsync(EntityRef author, int limit, CancellationToken cancellationToken);

    /// <summary>The largest id ever stored and not erased, deleted posts included; null in an empty store.</summary>
    Task<PostId?> GetLargestIdAsync(CancellationToken cancellationToken);

    /// <summary>Holds a replica's number for post ids, or goes on holding it, until <paramref name="end"/>.</summary>
    /// <returns>False if another owner holds it at <paramref name="now"/>.</returns>
    Task<bool> HoldNodeAsync(
        int node,
        string owner,
        DateTimeOffset now,
        DateTimeOffset end,
        CancellationToken cancellationToken
    );

    /// <summary>Frees a number; nothing happens if another owner holds it.</summary>
    Task ReleaseNodeAsync(int node, string owner, CancellationToken cancellationToken);

    /// <summary>Takes the job that has been due longest at <paramref name="now"/>, until <paramref name="leaseEnd"/>.</summary>
    /// <returns>Null if none is due.</returns>
    Task<LeasedJob?> LeaseJobAsync(
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Makes open jobs due that are due farther ahead than any lease or pause reaches: a process whose clock was ahead left them so, and
    /// without this they would wait until its time comes. A store with a clock of its own goes by that, so that a caller whose clock is
    /// behind takes nobody's lease away.
    /// </summary>
    /// <param name="now">The caller's time, for a store without a clock.</param>
    /// <param name="farthest">How far ahead a job may rightly be due.</param>
    /// <returns>Whether there was one.</returns>
    Task<bool> RecallJobsAsync(
        DateTimeOffset now,
        TimeSpan farthest,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Saves how far a job is and adds to its counts; ends a row of failures. The job is due again at
    /// <paramref name="due"/>: the new end of the lease, or now to put it back behind the others.
    /// </summary>
    Task<bool> AdvanceJobAsync(
        LeasedJob lease,
        string position,
        DeliveryCounts counts,
        DateTimeOffset due,
        CancellationToken cancellationToken
    );

    /// <summary>Adds to the counts of a job and closes it, as delivered or as pulled.</summary>
    /// <param name="pulled">Whether some of the readers have to pull the post.</param>
    Task<bool> CompleteJobAsync(
        LeasedJob lease,
        DeliveryCounts counts,
        bool pulled,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Notes a failure; the job is due again at <paramref name="due"/>, from its saved position.</summary>
    /// <param name="reason">A reason as in ErrorInfo.</param>
    Task<bool> RetryJobAsync(
        LeasedJob lease,
        string reason,
        DateTimeOffset due,
        CancellationToken cancellationToken
    );

    /// <summary>Gives a lease back without anything having happened; the job is due at <paramref name="due"/>.</summary>
    Task<bool> ReleaseJobAsync(
        LeasedJob lease,
        DateTimeOffset due,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Posts that are not deleted and whose job is open, the newest of them; and those whose job was closed as pulled after
    /// <paramref name="pulledAfter"/>, the latest of them. Up to <paramref name="limit"/> of either. A job that is closed while
    /// this reads is found in one of the two, unless it was closed as delivered.
    /// </summary>
    Task<Unpushed> ListUnpushedAsync(
        DateTimeOffset pulledAfter,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>How much is not delivered yet.</summary>
    Task<DeliveryBacklog> GetBacklogAsync(CancellationToken cancellationToken);
}
