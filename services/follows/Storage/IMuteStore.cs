using Platform.Follows.Entities;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Storage;

/// <summary>
/// Keeps what members mute, in their own buckets. A mute that has ended is none. Reads see every change that was acknowledged
/// before. All members throw <see cref="DomainException"/> as <see cref="IFollowStore"/> does.
/// </summary>
public interface IMuteStore
{
    /// <summary>
    /// Mutes, or mutes no more; muting again sets scope and end anew and keeps when it began. A repeated request within 24 hours
    /// changes nothing and answers what it answered first.
    /// </summary>
    /// <param name="most">How many mutes a member may have.</param>
    Task<MuteWrite> ChangeAsync(MuteChange change, long most, CancellationToken cancellationToken);

    /// <summary>All that a member mutes, by kind and then by id, in the order of its bytes.</summary>
    Task<IReadOnlyList<Mute>> ReadAsync(string member, CancellationToken cancellationToken);

    /// <summary>Whether a member mutes each of the entities, in their order.</summary>
    Task<IReadOnlyList<bool>> AreMutedAsync(
        string member,
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    );
}
