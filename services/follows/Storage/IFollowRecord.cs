using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Storage;

/// <summary>
/// The record of changes, for those who watch: each pair once, at its last change, by bucket. Within a bucket changes become
/// visible in the order of their numbers; those of different buckets follow clocks. All members throw <see cref="DomainException"/> as
/// <see cref="IFollowStore"/> does.
/// </summary>
public interface IFollowRecord
{
    /// <summary>The number of the last change of each of the buckets, in their order; 0 if there is none.</summary>
    Task<IReadOnlyList<long>> ReadTipsAsync(
        IReadOnlyList<int> buckets,
        CancellationToken cancellationToken
    );

    /// <summary>The next changes of each of the buckets after a number, in the order of their numbers, at most so many each.</summary>
    Task<IReadOnlyList<IReadOnlyList<RecordedFollow>>> ReadAsync(
        IReadOnlyList<(int Bucket, long After)> places,
        int most,
        CancellationToken cancellationToken
    );

    /// <summary>Drops what was recorded before a number, of all buckets. Answers how much.</summary>
    Task<long> TrimAsync(long before, CancellationToken cancellationToken);
}
