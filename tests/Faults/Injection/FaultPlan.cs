using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>Which faults there are, and in what order they come.</summary>
internal static class FaultPlan
{
    // less and more than tokens bear (30 s); not so much that what may be edited for an hour may not any more
    private static readonly TimeSpan[] Jumps =
    [
        TimeSpan.FromSeconds(20),
        TimeSpan.FromSeconds(-20),
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(-10),
    ];

    /// <summary>Each sort of fault at each sort of thing, once; where there are replicas, at one of them.</summary>
    public static IReadOnlyList<IFault> Short(
        Installation installation,
        PlatformProcesses platform
    ) =>
        [
            .. OneOfEach(platform).Select(process => new KillProcess(process)),
            .. Stores(installation),
            .. platform.Relays.Take(1).Select(relay => new CutOff(relay.Key, relay.Value)),
            .. Disks(installation),
            .. OneOfEach(platform)
                .Where(process => process.Name != "gateway")
                .Zip(Jumps, (process, jump) => new JumpClock(process, jump)),
            new RollingRestart(platform.All),
        ];

    /// <summary>All faults at all things, in an order that the random numbers give, over and over.</summary>
    public static IEnumerable<IFault> Endless(
        Installation installation,
        PlatformProcesses platform,
        Random random
    )
    {
        IFault[] all =
        [
            .. platform.All.Select(process => new KillProcess(process)),
            .. platform.All.Select(process => new HangProcess(process)),
            .. Stores(installation),
            .. platform.Relays.Select(relay => new CutOff(relay.Key, relay.Value)),
            .. Disks(installation),
            .. platform.All.SelectMany(
                (process, index) => new[] { new JumpClock(process, Jumps[index % Jumps.Length]) }
            ),
            .. RestartsAfterJumps(installation, platform),
            new RollingRestart(platform.All),
        ];
        while (true)
        {
            random.Shuffle(all);
            foreach (var fault in all)
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<ServiceProcess> OneOfEach(PlatformProcesses platform) =>
        platform.All.Where(process => !process.Name.EndsWith("-2", StringComparison.Ordinal));

    private static IEnumerable<IFault> Stores(Installation installation) =>
        installation.Servers.SelectMany(server =>
            new IFault[]
            {
                new RestartStore(server),
                new PauseStore(server),
                new CutOff(server.Name, server.Relay),
            }
        );

    // Only of MongoDB: its driver is known to plan by the wall clock. Too long for the short form, as a process has to be sure first
    // that the driver has fallen silent.
    private static IEnumerable<IFault> RestartsAfterJumps(
        Installation installation,
        PlatformProcesses platform
    ) =>
        installation
            .Servers.OfType<MongoServer>()
            .SelectMany(server =>
                OneOfEach(platform)
                    .Where(process => KeepsDocuments(process.Name))
                    .Select(process => new RestartAfterJump(process, server))
            );

    // the gateway keeps nothing, and follows has Redis alone
    private static bool KeepsDocuments(string process) =>
        process != "gateway" && !process.StartsWith("follows", StringComparison.Ordinal);

    private static IEnumerable<IFault> Disks(Installation installation) =>
        installation.Volumes.Select(one => new FillDisk(one.Store, one.Volume, one.Server));
}
