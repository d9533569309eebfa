namespace Platform.ServiceDefaults.Hosting;

/// <summary>Options that tell what is wrong with them, before the service starts.</summary>
public interface IValidatedOptions
{
    /// <summary>One sentence a problem, beginning with the full name of the setting, such as <c>Storage:Path</c>.</summary>
    IEnumerable<string> Validate();
}
