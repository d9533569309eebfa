using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Platform.Common.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Processes;

/// <summary>
/// A name that stands for other hosts after a while, as that of a headless service does when pods come and go. The system itself is asked
/// for it: messaging has a file /etc/hosts of its own, which the test changes. Both hosts go on serving, so no broken connection tells.
/// </summary>
public sealed class NameChangeTests : IAsyncLifetime
{
    private const string Name = "connections.test";
    private const string Before = "127.0.0.2";
    private const string After = "127.0.0.3";

    /// <summary>Names are asked again within twenty seconds; the machine may be slow.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TestIdentity _identity = new();
    private readonly TemporaryFolder _folder = new();
    private readonly List<ServerProcess> _processes = [];
    private readonly List<GrpcChannel> _channels = [];
    private readonly int _port = Ports.Free();

    private string Hosts => _folder.File("hosts");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(
            await CanHaveItsOwnHostsAsync(),
            "no file /etc/hosts of one's own here: that takes Linux with unshare(1) and namespaces for users"
        );
        await StartConnectionsAsync(Before);
        await StartConnectionsAsync(After);
        Tell(Before);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
        _identity.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Service_NameOfAnother_IsFollowedToItsNewHost()
    {
        // only the second knows that they are connected
        await As("ada", After).ConnectAsync(As("grace", After));
        var messaging = DeployedProcess.Address(Ports.Free());
        _processes.Add(
            await DeployedProcess.StartServiceAsync(
                "messaging",
                messaging,
                [
                    "--Storage:Engine=Sqlite",
                    $"--Storage:Path={_folder.File("messages.db")}",
                    $"--Services:Connections:Address=http://{Name}:{_port}",
                ],
                _identity,
                [.. WithHosts, Hosts]
            )
        );
        var ada = As("ada", new Uri(messaging));
        // messaging waits only so long for an answer, which a busy machine may exceed
        await Eventually.HoldsAsync(
            $"the connections of {Before} are asked",
            async () => await RefusalAsync() is ErrorReason.NotFirstDegree,
            Limit
        );

        Tell(After);

        await Eventually.HoldsAsync(
            $"the connections of {After} are asked",
            async () => await RefusalAsync() is null,
            Limit
        );

        async Task<ErrorReason?> RefusalAsync()
        {
            try
            {
                await ada.SendAsync(await ada.StartConversationAsync(As("grace", After)), "Hello");
                return null;
            }
            catch (RpcException exception)
            {
                return Refusal.Of(exception).Reason;
            }
        }
    }

    /// <summary>Runs what follows the path of a file with that file as /etc/hosts.</summary>
    private static string[] WithHosts =>
        [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount --bind \"$0\" /etc/hosts && exec \"$@\"",
        ];

    private async Task<bool> CanHaveItsOwnHostsAsync()
    {
        Tell(Before);
        try
        {
            using var process = Process.Start(WithHosts[0], [.. WithHosts[1..], Hosts, "true"]);
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private void Tell(string host) =>
        File.WriteAllText(Hosts, $"127.0.0.1 localhost\n{host} {Name}\n");

    private async Task StartConnectionsAsync(string host) =>
        _processes.Add(
            await DeployedProcess.StartServiceAsync(
                "connections",
                DeployedProcess.Address(_port, host),
                ["--Storage:Engine=Sqlite", $"--Storage:Path={_folder.File($"{host}.db")}"],
                _identity
            )
        );

    private Actor As(string member, string host) =>
        As(member, new Uri(DeployedProcess.Address(_port, host)));

    private Actor As(string member, Uri address)
    {
        var channel = GrpcChannel.ForAddress(address);
        _channels.Add(channel);
        var token = _identity.Token(member);
        return new Actor(member, token, new TokenCallInvoker(channel.CreateCallInvoker(), token));
    }
}
