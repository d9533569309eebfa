namespace Platform.Tests.Faults;

/// <summary>A clock that is behind.</summary>
internal sealed class EarlierTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
}
