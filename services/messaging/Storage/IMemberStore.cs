using Platform.Messaging.Members;

namespace Platform.Messaging.Storage;

/// <summary>
/// Keeps one document for each member who changed a setting or was erased. A change is one compare-and-set: of several that were
/// decided on the same revision exactly one is stored. Reads see what was acknowledged before they began. Failures of the engine are thrown
/// as <c>STORE_UNAVAILABLE</c>. The suite <c>MemberStoreContract</c> holds every engine to this.
/// </summary>
public interface IMemberStore
{
    /// <summary>The document of a member; <see cref="MemberRecord.Of"/> when nothing is stored.</summary>
    Task<MemberRecord> GetAsync(string memberId, CancellationToken cancellationToken);

    /// <summary>The documents there are of some members, in any order. Most members have none.</summary>
    Task<IReadOnlyList<MemberRecord>> FindAsync(
        IReadOnlyCollection<string> memberIds,
        CancellationToken cancellationToken
    );

    /// <summary>Stores <paramref name="next"/> if the stored revision is still its <see cref="MemberRecord.Revision"/>.</summary>
    /// <returns>What was stored, with its new revision, one more; null when somebody else was faster.</returns>
    Task<MemberRecord?> TryStoreAsync(MemberRecord next, CancellationToken cancellationToken);
}
