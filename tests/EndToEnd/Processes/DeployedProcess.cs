using System.Globalization;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Processes;

/// <summary>Starts a program of the platform by itself, with its settings as arguments, as a deployment gives them by other means.</summary>
internal static class DeployedProcess
{
    /// <summary>Starts a service that speaks gRPC only; when this returns, it listens.</summary>
    /// <param name="name">Such as <c>connections</c>.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="arguments">Settings, as <c>--Section:Name=value</c>.</param>
    /// <param name="identity">Whose tokens it believes, and with whose it calls.</param>
    /// <param name="launcher">A command that runs the program given as its last arguments; none by default.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    public static async Task<ServerProcess> StartServiceAsync(
        string name,
        string address,
        IEnumerable<string> arguments,
        TestIdentity identity,
        IReadOnlyList<string>? launcher = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        using var client = new HttpClient
        {
            BaseAddress = new Uri(address),
            DefaultRequestVersion = new Version(2, 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return await StartAsync(
            name,
            [$"--urls={address}", .. arguments],
            identity,
            async () =>
            {
                // any answer will do: it listens
                using var answer = await client.GetAsync(new Uri("/", UriKind.Relative));
                return true;
            },
            launcher,
            environment
        );
    }

    /// <summary><see cref="StartServiceAsync"/>, where the question whether it is ready is the caller's.</summary>
    public static Task<ServerProcess> StartAsync(
        string name,
        IEnumerable<string> arguments,
        TestIdentity identity,
        Func<Task<bool>> ready,
        IReadOnlyList<string>? launcher = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        string[] command =
        [
            .. launcher ?? [],
            "dotnet",
            BuiltProgram.PathOf($"Platform.{Title(name)}"),
            .. arguments,
            .. identity.Settings.Select(pair => $"--{pair.Key}={pair.Value}"),
        ];
        return ServerProcess.StartProgramAsync(
            command[0],
            command[1..],
            async () =>
            {
                try
                {
                    return await ready();
                }
                catch (HttpRequestException)
                {
                    return false; // Not listening yet.
                }
            },
            environment
        );
    }

    /// <summary>The name as settings and programs have it.</summary>
    public static string Title(string name) =>
        CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name);

    /// <summary>An address in clear.</summary>
    public static string Address(int port, string host = "127.0.0.1") =>
        string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}");
}
