using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Tls;

namespace Platform.ServiceDefaults.Hosting;

/// <summary>
/// How every service starts. Settings come from the environment and the command line; defaults stand in the options
/// classes, so there is no appsettings.json to keep in step.
/// </summary>
public static class PlatformApp
{
    /// <summary>
    /// The whole of a service's program: runs it until it is told to stop, or answers <c>--health</c> (see
    /// <see cref="HealthProbe"/>). Wrong settings are told in a line each.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="build">Builds the service.</param>
    /// <param name="healthAddress">Where the service answers gRPC; by default where it listens.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] args,
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> build,
        Func<IConfiguration, string>? healthAddress = null
    )
    {
        if (args is [HealthProbe.Argument, .. var rest])
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            var address = rest is [var given, ..]
                ? given
                : (healthAddress ?? HealthProbe.AddressOf)(configuration);
            return await HealthProbe.RunAsync(
                address,
                configuration.GetSection("Tls").Get<TlsOptions>() ?? new(),
                Console.Out
            );
        }
        try
        {
            await using var app = build(args, null);
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException exception)
        {
            foreach (var problem in exception.Failures)
            {
                await Console.Error.WriteLineAsync(problem);
            }
            return 1;
        }
    }

    /// <summary>A builder with the service defaults.</summary>
    /// <param name="service">What the service calls itself, such as <c>connections</c>.</param>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Runs before anything reads configuration: deploy/local and tests set theirs here.</param>
    public static WebApplicationBuilder CreateBuilder(
        string service,
        string[] args,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions
            {
                Args = args,
                ApplicationName = service,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        configure?.Invoke(builder);
        builder.AddServiceDefaults(service);
        return builder;
    }
}
