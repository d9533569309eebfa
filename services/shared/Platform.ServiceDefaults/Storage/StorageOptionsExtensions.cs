using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Storage;

/// <summary>Adds the options of section <c>Storage</c>.</summary>
public static class StorageOptionsExtensions
{
    /// <summary>
    /// Adds <see cref="StorageOptions"/>, validated at start, and returns what is configured now: a service chooses its
    /// adapter by <see cref="StorageOptions.Kind"/> while it is built. Wrong settings are reported by the validation.
    /// </summary>
    public static StorageOptions AddStorageOptions(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddValidatedOptions<StorageOptions>(StorageOptions.Section);
        return builder.Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>()
            ?? new StorageOptions();
    }
}
