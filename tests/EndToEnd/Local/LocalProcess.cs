using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>deploy/local as people run it: a process of its own, from its build output.</summary>
public sealed class LocalProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private LocalProcess(string arguments, IReadOnlyDictionary<string, string>? variables)
    {
        Arguments = arguments;
        var start = new ProcessStartInfo(
            "dotnet",
            $"exec \"{BuiltProgram.PathOf("Platform.Local")}\" {arguments}"
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
    }

    public string Arguments { get; }

    /// <summary>What it has written so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>What it has complained of so far.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts it and returns at once.</summary>
    public static LocalProcess Start(
        string arguments,
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        var process = new LocalProcess(arguments, variables);
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Starts it on the given ports and returns when <c>/health</c> answers 200; also says how long that took.</summary>
    public static async Task<(LocalProcess Process, TimeSpan Ready)> StartReadyAsync(
        string folder,
        int httpPort,
        int grpcPort,
        string arguments = "",
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        var clock = Stopwatch.StartNew();
        var process = Start(
            string.Create(
                CultureInfo.InvariantCulture,
                $"--data \"{folder}\" --http-port {httpPort} --grpc-port {grpcPort} {arguments}"
            ),
            variables
        );
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}") };
        await Eventually.HoldsAsync(
            "deploy/local is healthy",
            async () =>
            {
                if (process._process.HasExited)
                {
                    throw new InvalidOperationException($"deploy/local ended: {process.Errors}");
                }
                try
                {
                    using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative));
                    return answer.StatusCode == HttpStatusCode.OK;
                }
                catch (HttpRequestException)
                {
                    return false; // Not listening yet.
                }
            },
            TimeSpan.FromSeconds(60)
        );
        return (process, clock.Elapsed);
    }

    /// <summary>A port that nobody listens on just now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until it ends by itself; answers its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException(
                $"Not ended within {StopLimit.TotalSeconds} s: deploy/local {Arguments}",
                exception
            );
        }
        return _process.ExitCode;
    }

    /// <summary>Sends a signal such as TERM or INT.</summary>
    public void Signal(string name) => _process.Signal(name);

    /// <summary>Whether Ctrl+C does nothing to it, since it was started by something that ignores it, such as a job in the background of a script.</summary>
    public bool IgnoresInterrupts()
    {
        const int Interrupt = 2;
        const string Ignored = "SigIgn:";
        var status = $"/proc/{_process.Id}/status";
        return File.Exists(status)
            && File.ReadLines(status)
                .First(line => line.StartsWith(Ignored, StringComparison.Ordinal))
                is { } line
            && (
                ulong.Parse(
                    line.AsSpan(Ignored.Length).Trim(),
                    NumberStyles.HexNumber,
                    CultureInfo.InvariantCulture
                ) >> (Interrupt - 1)
                & 1
            ) == 1;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }
        _process.Dispose();
    }
}
