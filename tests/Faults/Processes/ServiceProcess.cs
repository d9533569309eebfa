using System.Diagnostics;
using System.Globalization;
using Platform.Testing;

namespace Platform.Tests.Faults.Processes;

/// <summary>One process of the platform, from its build output, on a port that it keeps when it is started again.</summary>
/// <param name="name">What it is called in the summary and in its log, such as <c>follows-2</c>.</param>
/// <param name="arguments">What <c>dotnet exec</c> is told: the program, and its arguments.</param>
/// <param name="environment">Its settings.</param>
/// <param name="logFile">Where all that it writes goes; runs that follow each other go into the same file.</param>
internal sealed class ServiceProcess(
    string name,
    IReadOnlyList<string> arguments,
    IReadOnlyDictionary<string, string> environment,
    string logFile
) : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Lock _logging = new();
    private Process? _process;

    public string Name { get; } = name;

    /// <summary>Whether it answers; asked until it does.</summary>
    public required Func<Task<bool>> IsServing { get; init; }

    /// <summary>The file of which the time of this process is read, where its clock can be moved; see <see cref="FakeClock"/>.</summary>
    public FakeClock? Clock { get; init; }

    /// <summary>Whether a process is there.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts it and returns at once.</summary>
    public void Start()
    {
        _process?.Dispose();
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }
        Clock?.AddTo(start.Environment);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Log(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        Log($"--- started at {TimeProvider.System.GetUtcNow():O}");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it serves.</summary>
    /// <exception cref="TimeoutException">It did not in time.</exception>
    public Task UntilServingAsync(TimeSpan limit) =>
        Eventually.HoldsAsync(
            $"{Name} serves (see {logFile})",
            async () =>
                IsRunning
                    ? await IsServing()
                    : throw new InvalidOperationException($"{Name} ended: see {logFile}"),
            limit
        );

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (IsRunning)
        {
            _process!.Kill();
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>Tells it to stop, as whoever rolls replicas does, and waits until it has ended.</summary>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public async Task TerminateAsync()
    {
        _process!.Signal("TERM");
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Name} did not end within {StopLimit.TotalSeconds} s after SIGTERM"
                ),
                exception
            );
        }
    }

    /// <summary>Freezes it: its port is open, nothing answers.</summary>
    public void Pause() => _process!.Signal("STOP");

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    public void Resume() => _process!.Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
    }

    private void Log(string? line)
    {
        if (line is not null)
        {
            lock (_logging)
            {
                File.AppendAllText(logFile, line + "\n");
            }
        }
    }
}
