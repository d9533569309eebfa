using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Storage;

/// <summary>
/// Keeps what concerns one member: settings, blocks and erasure. Reads see every change that was acknowledged before. All members throw
/// <see cref="DomainException"/> as <see cref="IFollowStore"/> does.
/// </summary>
public interface IMemberStore
{
    /// <summary>The state of each of the members, in their order.</summary>
    Task<IReadOnlyList<MemberState>> GetAsync(
        IReadOnlyList<string> members,
        CancellationToken cancellationToken
    );

    /// <summary>Changes settings. A repeated request within 24 hours changes nothing and answers what it answered first.</summary>
    Task<SettingsWrite> UpdateAsync(SettingsChange change, CancellationToken cancellationToken);

    /// <summary>Whether a block stands between a member and each of the others, in their order; whoever's it is.</summary>
    Task<IReadOnlyList<bool>> AreBlockedAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Marks a member as erased, for good: from then on <see cref="IFollowStore"/> makes no follow of the member and no follower.
    /// </summary>
    Task MarkDeletedAsync(string member, CancellationToken cancellationToken);

    /// <summary>
    /// Removes mutes, settings, blocks and what is counted, once nothing is followed in either direction. Answers whether it did.
    /// </summary>
    Task<bool> ForgetAsync(string member, CancellationToken cancellationToken);

    /// <summary>Remembers that the erasure of a member has to be finished. Twice is once.</summary>
    Task RememberErasureAsync(string member, CancellationToken cancellationToken);

    /// <summary>Some of the members whose erasure has to be finished, in no order: other ones with another call, if there are more.</summary>
    Task<IReadOnlyList<string>> SampleErasuresAsync(int most, CancellationToken cancellationToken);

    /// <summary>The erasure of a member is finished.</summary>
    Task EndErasureAsync(string member, CancellationToken cancellationToken);
}
