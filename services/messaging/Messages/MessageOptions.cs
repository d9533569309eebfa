using Platform.ServiceDefaults.Hosting;

namespace Platform.Messaging.Messages;

/// <summary>Section <c>Messages</c>: what may be done with a message once it is sent.</summary>
public sealed class MessageOptions : IValidatedOptions
{
    /// <summary>How long its sender may edit it; 0 for never.</summary>
    public TimeSpan EditWindow { get; set; } = TimeSpan.FromMinutes(60);

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (EditWindow < TimeSpan.Zero || EditWindow > TimeSpan.FromDays(3650))
        {
            yield return $"Messages:EditWindow must lie between 00:00:00 and 3650.00:00:00; it is {EditWindow:c}.";
        }
    }
}
