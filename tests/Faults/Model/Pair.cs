namespace Platform.Tests.Faults.Model;

/// <summary>What stands between two members of a world, and what they wrote to each other.</summary>
internal sealed class Pair(string first, string second)
{
    private readonly HashSet<string> _blockedBy = new(StringComparer.Ordinal);

    public string First { get; } = first;
    public string Second { get; } = second;

    public bool IsConnected { get; private set; }

    /// <summary>Who has invited; empty when no invitation is pending.</summary>
    public string Inviter { get; private set; } = "";

    /// <summary>The pending invitation.</summary>
    public string InvitationId { get; private set; } = "";

    /// <summary>Who blocks the other.</summary>
    public IReadOnlyCollection<string> BlockedBy => _blockedBy;

    public bool IsBlocked => _blockedBy.Count > 0;

    /// <summary>
    /// Whether a block stood here once. Follows hears of blocks from connections' record, after a moment: whether a follow made in that
    /// moment stays is not known, so such pairs are only held to have none while the block stands.
    /// </summary>
    public bool WasBlocked { get; private set; }

    /// <summary>Their conversation; empty if they have none.</summary>
    public string ConversationId { get; set; } = "";

    /// <summary>Its messages, by number from 1.</summary>
    public List<SentMessage> Messages { get; } = [];

    /// <summary>Up to which number each has read.</summary>
    public Dictionary<string, long> ReadMarks { get; } = new(StringComparer.Ordinal);

    public bool Has(string member) => First == member || Second == member;

    public string Other(string member) => First == member ? Second : First;

    public void Invite(string inviter, string invitationId) =>
        (Inviter, InvitationId) = (inviter, invitationId);

    public void Connect()
    {
        EndInvitation();
        IsConnected = true;
    }

    public void EndInvitation() => (Inviter, InvitationId) = ("", "");

    public void Disconnect() => IsConnected = false;

    public void Block(string by)
    {
        _blockedBy.Add(by);
        WasBlocked = true;
        Disconnect();
        EndInvitation();
    }

    public void Unblock(string by) => _blockedBy.Remove(by);

    /// <summary>How many messages of the other a member has not read.</summary>
    public int UnreadOf(string member) =>
        Messages
            .Skip((int)ReadMarks.GetValueOrDefault(member))
            .Count(message => message.Sender != member);

    public override string ToString() => $"{First} and {Second}";
}
