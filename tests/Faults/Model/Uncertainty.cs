namespace Platform.Tests.Faults.Model;

/// <summary>
/// Writes that got no answer: they may have happened or not. What they touch is left alone, and nothing is said of it, until the same write,
/// repeated under its <c>request_id</c>, is answered.
/// </summary>
internal sealed class Uncertainty
{
    private readonly List<UnansweredWrite> _writes = [];

    public int Count => _writes.Count;

    public IReadOnlyList<UnansweredWrite> All => [.. _writes];

    public void Add(UnansweredWrite write) => _writes.Add(write);

    public void Remove(UnansweredWrite write) => _writes.Remove(write);

    /// <summary>The write that touches something; null if what stands there is known.</summary>
    public UnansweredWrite? About(object subject) =>
        _writes.Find(write => write.Subject.Equals(subject));

    /// <summary>Whether anything that concerns a member is not known.</summary>
    public bool Concerns(string member) => _writes.Exists(write => write.Members.Contains(member));
}
