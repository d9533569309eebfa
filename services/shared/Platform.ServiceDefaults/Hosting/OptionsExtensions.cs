using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Hosting;

/// <summary>Binds options and refuses to start with wrong ones.</summary>
public static class OptionsExtensions
{
    /// <summary>Binds <typeparamref name="T"/> to a section, validated at start.</summary>
    public static OptionsBuilder<T> AddValidatedOptions<T>(
        this IHostApplicationBuilder builder,
        string section
    )
        where T : class, IValidatedOptions
    {
        builder.Services.AddSingleton<IValidateOptions<T>, Validator<T>>();
        return builder.Services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }

    private sealed class Validator<T> : IValidateOptions<T>
        where T : class, IValidatedOptions
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var problems = options.Validate().ToList();
            return problems.Count == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(problems);
        }
    }
}
