namespace Platform.Tests.Faults.Checking;

/// <summary>A promise that was not kept.</summary>
/// <param name="Kind">Which one, such as <c>lost write</c>.</param>
/// <param name="Text">Who, what was expected and what was seen: enough to find it again.</param>
/// <param name="MayHeal">Whether it may be something that is still under way, and counts only if it stays.</param>
internal sealed record Violation(string Kind, string Text, bool MayHeal = false)
{
    public const string Lost = "lost write";
    public const string Doubled = "doubled";
    public const string Count = "count is not its list";
    public const string Feed = "feed is not the model";
    public const string Unconnected = "message to the unconnected";
    public const string Shown = "hidden was shown";
    public const string Stray = "not of the model";
    public const string Refused = "refused for no reason";
    public const string Accepted = "accepted what must be refused";
    public const string Unreasoned = "answer without a reason";
    public const string Broken = "did not recover";

    public override string ToString() => $"{Kind}: {Text}";
}
