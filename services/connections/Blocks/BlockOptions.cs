using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Blocks;

/// <summary>Section <c>Blocks</c>: the rules of blocking.</summary>
public sealed class BlockOptions : IValidatedOptions
{
    /// <summary>How long after lifting a block the same member cannot be blocked again.</summary>
    public TimeSpan PauseAfterUnblock { get; set; } = TimeSpan.FromHours(48);

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (PauseAfterUnblock < TimeSpan.Zero)
        {
            yield return $"Blocks:PauseAfterUnblock must not be negative; it is {PauseAfterUnblock}.";
        }
    }
}
