using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Platform.Storage.Redis;

/// <summary>Refuses to start on a setting that could not work, and names it.</summary>
internal sealed class RedisOptionsValidator : IValidateOptions<RedisOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            failures.Add("Redis:ConnectionString is required, for example `redis:6379`.");
        }
        else
        {
            try
            {
                if (ConfigurationOptions.Parse(options.ConnectionString).EndPoints.Count == 0)
                {
                    failures.Add("Redis:ConnectionString names no server.");
                }
            }
            catch (ArgumentException exception)
            {
                failures.Add($"Redis:ConnectionString cannot be read: {exception.Message}");
            }
        }

        if (
            options.KeyPrefix.AsSpan().ContainsAny('{', '}')
            || options.KeyPrefix.Any(char.IsWhiteSpace)
        )
        {
            failures.Add("Redis:KeyPrefix must hold no braces and no blanks.");
        }

        var shortest = TimeSpan.FromMilliseconds(50);
        var longest = TimeSpan.FromMinutes(1);
        if (options.CommandTimeout < shortest || options.CommandTimeout > longest)
        {
            failures.Add("Redis:CommandTimeout must lie between 00:00:00.050 and 00:01:00.");
        }

        if (options.ConnectTimeout < shortest || options.ConnectTimeout > longest)
        {
            failures.Add("Redis:ConnectTimeout must lie between 00:00:00.050 and 00:01:00.");
        }

        return failures.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(failures);
    }
}
