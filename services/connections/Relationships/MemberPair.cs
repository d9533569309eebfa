namespace Platform.Connections.Relationships;

/// <summary>Two different members, in the order of their ids (compared byte by byte): the key of a relationship.</summary>
public readonly record struct MemberPair
{
    private MemberPair(string low, string high)
    {
        Low = low;
        High = high;
    }

    /// <summary>The member with the smaller id.</summary>
    public string Low { get; }

    /// <summary>The member with the greater id.</summary>
    public string High { get; }

    /// <summary>The pair of two members, named in any order.</summary>
    /// <exception cref="ArgumentException">The two are the same.</exception>
    public static MemberPair Of(string one, string other) =>
        string.CompareOrdinal(one, other) switch
        {
            < 0 => new MemberPair(one, other),
            > 0 => new MemberPair(other, one),
            _ => throw new ArgumentException("A pair is two different members.", nameof(other)),
        };

    /// <summary>
    /// The pair of a member with nobody, whose id is empty. Nothing can stand between the two; in the record of changes its
    /// document is where it says that the member was erased.
    /// </summary>
    public static MemberPair MarkerOf(string member) => Of("", member);

    /// <summary>On which side a member is; <see cref="Side.None"/> for a stranger.</summary>
    public Side SideOf(string member) =>
        string.Equals(member, Low, StringComparison.Ordinal) ? Side.Low
        : string.Equals(member, High, StringComparison.Ordinal) ? Side.High
        : Side.None;

    /// <summary>The member who is not this one of the two.</summary>
    public string OtherOf(string member) => MemberAt(SideOf(member).Other());

    /// <summary>The member on a side.</summary>
    public string MemberAt(Side side) =>
        side switch
        {
            Side.Low => Low,
            Side.High => High,
            _ => throw new ArgumentOutOfRangeException(nameof(side), side, "Low or High."),
        };
}
