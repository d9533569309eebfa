namespace Platform.Connections.Relationships;

/// <summary>The two sides of a pair.</summary>
public static class SideExtensions
{
    /// <summary>The other side.</summary>
    public static Side Other(this Side side) =>
        side switch
        {
            Side.Low => Side.High,
            Side.High => Side.Low,
            _ => throw new ArgumentOutOfRangeException(nameof(side), side, "Low or High."),
        };
}
