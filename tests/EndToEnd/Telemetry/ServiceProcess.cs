using System.Collections.Concurrent;
using System.Diagnostics;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>A service as it is deployed, in a process of its own, from its build output.</summary>
public sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ServiceProcess(Process process) => _process = process;

    /// <summary>What it has written so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Whether it has ended, by itself.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts it and returns at once.</summary>
    /// <param name="name">The name of its program, such as <c>Platform.Feed</c>.</param>
    /// <param name="settings">Its settings, by their names in the configuration, or variables.</param>
    public static ServiceProcess Start(
        string name,
        IEnumerable<KeyValuePair<string, string?>> settings
    )
    {
        var start = new ProcessStartInfo("dotnet", ["exec", BuiltProgram.PathOf(name)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (setting, value) in settings)
        {
            start.Environment[setting.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
        var service = new ServiceProcess(new Process { StartInfo = start });
        service._process.OutputDataReceived += service.Note;
        service._process.ErrorDataReceived += service.Note;
        service._process.Start();
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        return service;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private void Note(object sender, DataReceivedEventArgs line) =>
        _output.Enqueue(line.Data ?? "");
}
