using System.Diagnostics;

namespace Platform.Testing;

/// <summary>A server in a process of its own, so that its processor time can be told from the load's.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Processor time since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts <c>dotnet ASSEMBLY ARGS</c>, with variables besides this process's own, and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in five minutes: an index of 10,000,000 connections loads first.</exception>
    public static Task<ServerProcess> StartAsync(
        string assembly,
        IReadOnlyList<string> arguments,
        Func<Task<bool>> ready,
        IReadOnlyDictionary<string, string>? environment = null
    ) => StartProgramAsync("dotnet", [assembly, .. arguments], ready, environment);

    /// <summary>Starts a program and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="StartAsync"/>.</exception>
    public static async Task<ServerProcess> StartProgramAsync(
        string program,
        IReadOnlyList<string> arguments,
        Func<Task<bool>> ready,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(ready);
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) => errors.Add(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ServerProcess(process);
        var clock = Stopwatch.StartNew();
        while (!await ready())
        {
            if (process.HasExited || clock.Elapsed > TimeSpan.FromMinutes(5))
            {
                await server.DisposeAsync();
                throw new InvalidOperationException(
                    $"{string.Join(' ', arguments.Prepend(program).Take(2))} was not ready: {string.Join('\n', errors)}"
                );
            }
            // a process tells nobody that it listens; asking is the only way, and five minutes end it
            await Task.Delay(50);
        }
        return server;
    }

    /// <summary>An assembly that lies beside this one.</summary>
    public static string Beside(string assembly) =>
        Path.Combine(AppContext.BaseDirectory, assembly);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
