namespace Platform.Tests.Faults.Model;

/// <summary>A message that was acknowledged.</summary>
internal sealed class SentMessage(string sender, string text)
{
    public string Sender { get; } = sender;

    /// <summary>As it was last edited; empty when it was deleted.</summary>
    public string Text { get; set; } = text;

    public bool IsDeleted { get; private set; }

    public void Delete() => (Text, IsDeleted) = ("", true);
}
