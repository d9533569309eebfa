using Microsoft.AspNetCore.Builder;

namespace Platform.ServiceDefaults.Hosting;

/// <summary>
/// How every service starts. Settings come from the environment and the command line; defaults stand in the options
/// classes, so there is no appsettings.json to keep in step.
/// </summary>
public static class PlatformApp
{
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
