using System.Diagnostics;
using System.Globalization;
using Grpc.Net.Client;
using Platform.Testing;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Injection;
using Platform.Tests.Faults.Load;
using Platform.Tests.Faults.Model;
using Platform.Tests.Faults.Processes;
using CallerRole = Platform.ServiceDefaults.Identity.CallerRole;

namespace Platform.Tests.Faults;

/// <summary>A run: load, faults one after the other, then rest, then the comparison with the model.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan BackOff = TimeSpan.FromMilliseconds(150);

    private readonly FaultOptions _options;
    private readonly Installation _installation;
    private readonly PlatformProcesses _platform;
    private readonly TestIdentity _identity;
    private readonly Action<string> _tell;
    private readonly GrpcChannel _channel;
    private readonly Tally _tally = new();
    private readonly List<Injected> _injected = [];
    private readonly WorldWorker[] _workers;
    private readonly Caller _caller;

    private FaultRun(
        FaultOptions options,
        Installation installation,
        PlatformProcesses platform,
        TestIdentity identity,
        Action<string> tell
    )
    {
        (_options, _installation, _platform, _identity, _tell) = (
            options,
            installation,
            platform,
            identity,
            tell
        );
        _channel = GrpcChannel.ForAddress(platform.Gateway);
        _caller = new Caller(_tally, () => Task.Delay(BackOff));
        _workers =
        [
            .. Enumerable
                .Range(0, options.Worlds)
                .Select(index => new WorldWorker(
                    new World(
                        string.Create(CultureInfo.InvariantCulture, $"w{index}"),
                        options.Members,
                        [Verification.Shared]
                    ),
                    unchecked(options.Seed * 1000 + index),
                    _caller,
                    _tally,
                    MemberClientsFactory(platform)
                )),
        ];
    }

    /// <summary>Runs all of it.</summary>
    /// <param name="options">How.</param>
    /// <param name="inContainers">With MongoDB and Redis in containers; else with what every machine has.</param>
    /// <param name="folder">Where logs and data go.</param>
    /// <param name="tell">Is told what happens, as it happens.</param>
    public static async Task<Summary> RunAsync(
        FaultOptions options,
        bool inContainers,
        string folder,
        Action<string> tell
    )
    {
        await using var installation = inContainers
            ? Installation.InContainers(folder)
            : Installation.Embedded(folder);
        // tokens of an hour ago, so that a process whose clock is behind takes them
        using var identity = new TestIdentity(new EarlierTime(TimeSpan.FromHours(1)));
        var clock = Stopwatch.StartNew();
        await installation.StartAsync();
        await using var platform = await PlatformProcesses.StartAsync(
            installation,
            identity,
            folder
        );
        tell(
            $"{installation.Name}: {platform.All.Count} processes serve after {clock.Elapsed.TotalSeconds:0} s; seed {options.Seed}"
        );
        await using var run = new FaultRun(options, installation, platform, identity, tell);
        return await run.RunAsync(clock);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await ValueTask.CompletedTask;
    }

    private Func<string, MemberClients> MemberClientsFactory(PlatformProcesses platform)
    {
        var clients = new System.Collections.Concurrent.ConcurrentDictionary<
            string,
            MemberClients
        >();
        return member => clients.GetOrAdd(member, id => Clients(id, CallerRole.Member));
    }

    private MemberClients Clients(string subject, CallerRole role) =>
        new(
            new TokenCallInvoker(
                _channel.CreateCallInvoker(),
                // of a tier without limits on how fast one writes
                _identity.Token(subject, role, TimeSpan.FromDays(1), "bulk")
            )
        );

    private async Task<Summary> RunAsync(Stopwatch clock)
    {
        using var enough = new CancellationTokenSource();
        var working = _workers.Select(worker => worker.RunAsync(enough.Token)).ToArray();
        await UntilBusyAsync(working);
        foreach (var fault in Faults(clock))
        {
            await InjectAsync(fault, working);
        }
        await enough.CancelAsync();
        await Task.WhenAll(working);

        var verification = new Verification(
            _workers,
            _caller,
            _tally,
            Clients("checker", CallerRole.Service),
            Clients("checker", CallerRole.Operator)
        );
        var compared = await verification.RunAsync(_tell);
        return new Summary(
            _installation.Name,
            _options,
            clock.Elapsed,
            _injected,
            _tally,
            compared
        );
    }

    private IEnumerable<IFault> Faults(Stopwatch clock)
    {
        if (_options.Length is not { } length)
        {
            return FaultPlan.Short(_installation, _platform).Where(IsWanted);
        }
        var end = clock.Elapsed + length;
        return FaultPlan
            .Endless(_installation, _platform, new Random(_options.Seed))
            .TakeWhile(_ => clock.Elapsed < end)
            .Where(IsWanted);
    }

    private bool IsWanted(IFault fault) =>
        fault.Kind.StartsWith(_options.Only, StringComparison.Ordinal);

    private async Task InjectAsync(IFault fault, Task[] working)
    {
        if (fault.Problem is { } problem)
        {
            if (!_injected.Exists(one => one.Kind == fault.Kind && one.Subject == fault.Subject))
            {
                _injected.Add(new(fault.Kind, fault.Subject, problem));
                _tell($"skipped  {fault.Kind} {fault.Subject}: {problem}");
            }
            return;
        }
        var clock = Stopwatch.StartNew();
        var acknowledged = _tally.CallsWith(Outcome.Acknowledged);
        var unanswered = _tally.CallsWith(Outcome.Unknown);
        var known = _tally.Violations.Count;
        try
        {
            await fault.InjectAsync();
            await Task.Delay(fault.Length);
            await fault.HealAsync();
            await Eventually.HoldsAsync(
                "the stores serve",
                async () =>
                    (
                        await Task.WhenAll(
                            _installation.Servers.Select(server => server.IsServingAsync())
                        )
                    ).All(one => one),
                RecoveryLimit
            );
            await _platform.UntilServingAsync(RecoveryLimit);
        }
        catch (Exception exception)
            when (exception is TimeoutException or InvalidOperationException)
        {
            _tally.Add(
                new(Violation.Broken, $"after {fault.Kind} {fault.Subject}: {exception.Message}")
            );
            RestartTheDead();
        }
        var done = new Injected(
            fault.Kind,
            fault.Subject,
            null,
            clock.Elapsed.TotalSeconds,
            _tally.CallsWith(Outcome.Acknowledged) - acknowledged,
            _tally.CallsWith(Outcome.Unknown) - unanswered
        );
        _injected.Add(done);
        _tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{done.Kind} {done.Subject}: {done.Seconds:0.0} s, {done.Acknowledged} calls answered, {done.Unanswered} not"
            )
        );
        foreach (var violation in _tally.Violations.Skip(known))
        {
            _tell($"  VIOLATION {violation}");
        }
        await Task.Delay(_options.Rest);
        if (Array.Find(working, one => one.IsFaulted) is { } failed)
        {
            await failed;
        }
    }

    /// <summary>So that one process that ended does not hide what else there is to find.</summary>
    private void RestartTheDead()
    {
        foreach (var process in _platform.All.Where(process => !process.IsRunning))
        {
            process.Start();
        }
    }

    private async Task UntilBusyAsync(Task[] working) =>
        await Eventually.HoldsAsync(
            "the load goes",
            async () =>
            {
                if (Array.Find(working, one => one.IsFaulted) is { } failed)
                {
                    await failed;
                }
                return _tally.CallsWith(Outcome.Acknowledged) > 30 * _workers.Length;
            },
            TimeSpan.FromMinutes(3)
        );
}
