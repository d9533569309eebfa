using Microsoft.Extensions.Options;
using MongoDB.Driver;
using Platform.ServiceDefaults.Storage;

namespace Platform.Storage.Mongo;

/// <summary>Refuses, at start, a connection string that the driver cannot read. The text may hold a password: it is not repeated.</summary>
internal sealed class MongoConnectionStringCheck : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            _ = MongoUrl.Create(options.ConnectionString);
            return ValidateOptionsResult.Success;
        }
        catch (Exception exception)
            when (exception is MongoConfigurationException or ArgumentException or FormatException)
        {
            return ValidateOptionsResult.Fail(
                $"{StorageOptions.Section}:{nameof(options.ConnectionString)} cannot be read as a connection string of MongoDB."
            );
        }
    }
}
