using Grpc.Core;
using Platform.Benchmarks.Harness;
using Platform.Testing;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// What the gateway costs: unary calls of an echo through it, each with a token that is checked and a rate that is counted, beside
/// the same calls without it and through HAProxy.
/// </summary>
public static class GatewaySuite
{
    private const int Bytes = 16;
    private const int Rounds = 3;

    private const string Direct = "direct";
    private const string Through = "through the gateway";
    private const string ThroughHaProxy = "through HAProxy";

    /// <summary>Runs the suite; the exit code is 1 when a call failed or less than asked was reached.</summary>
    /// <param name="calls">Calls a figure.</param>
    /// <param name="inFlight">Calls at a time.</param>
    public static async Task<int> RunAsync(int calls, int inFlight)
    {
        using var identity = new TestIdentity();
        await using var echo = await EchoProcess.StartAsync();
        var findings = new List<Finding>();
        var good = await UnaryAsync(identity, echo, calls, inFlight, findings);
        Finding.Print("the gateway, what is asked for", findings);
        return good && findings.TrueForAll(finding => finding.Met != false) ? 0 : 1;
    }

    private static async Task<bool> UnaryAsync(
        TestIdentity identity,
        EchoProcess echo,
        int calls,
        int inFlight,
        List<Finding> findings
    )
    {
        await using var gateway = await GatewayProcess.StartAsync(
            identity,
            [
                // the echo answers under the name of a method of connections, so calls of it go as calls of any public method do
                $"--Services:Connections:Address=http://127.0.0.1:{echo.Port}",
                // counted as any, and never reached
                "--Gateway:MemberRate:PerSecond=1000000",
                "--Gateway:MemberRate:Burst=1000000",
            ],
            invoker => EchoProcess.AnswersAsync(invoker)
        );
        var (haProxy, problem) = await HaProxy.StartAsync(echo.Port);
        if (haProxy is null)
        {
            Console.WriteLine($"HAProxy is skipped: {problem}");
        }
        await using var _ = haProxy;
        var ways = new List<(string Name, ServerProcess Server, CallInvoker Invoker)>
        {
            (Direct, echo.Server, echo.Invoker),
            (Through, gateway.Server, gateway.Invoker(identity.Token("ada"))),
        };
        if (haProxy is not null)
        {
            ways.Add((ThroughHaProxy, haProxy.Server, haProxy.Invoker));
        }
        var many = await ByTurnsAsync(ways, calls, inFlight);
        var single = await ByTurnsAsync(ways, calls / 10, inFlight: 1);
        var good = Report.Print($"unary, {calls:N0} calls, {inFlight} in flight", many);
        good &= Report.Print($"unary, {calls / 10:N0} calls, one in flight", single);
        findings.AddRange(Ask(many, single));
        return good;
    }

    // in turns, so that all see the machine alike
    private static async Task<IReadOnlyList<Figure>> ByTurnsAsync(
        IReadOnlyList<(string Name, ServerProcess Server, CallInvoker Invoker)> ways,
        int calls,
        int inFlight
    )
    {
        var request = EchoService.Request(Bytes, Bytes);
        var turns = new List<Figure>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, server, invoker) in ways)
            {
                turns.Add(
                    await Load.RunAsync(
                        name,
                        server,
                        calls / Rounds,
                        inFlight,
                        async _ => await EchoService.CallAsync(invoker, request),
                        name == Direct ? null : Direct
                    )
                );
            }
        }
        return [.. ways.Select(way => Median(turns.Where(turn => turn.Name == way.Name)))];
    }

    private static Figure Median(IEnumerable<Figure> turns)
    {
        var ordered = turns.OrderBy(turn => turn.Rate).ToList();
        return ordered[ordered.Count / 2] with { Errors = ordered.Sum(turn => turn.Errors) };
    }

    private static IEnumerable<Finding> Ask(
        IReadOnlyList<Figure> many,
        IReadOnlyList<Figure> single
    )
    {
        var (direct, through) = (many[0], many[1]);
        yield return new Finding(
            "unary calls through the gateway",
            through.Rate,
            "calls/s",
            direct.Rate,
            Direct,
            "at least 0.45",
            through.Rate >= 0.45 * direct.Rate
        );
        yield return new Finding(
            "server CPU of the gateway",
            through.CpuMicroseconds ?? double.NaN,
            "us/call",
            Asked: "at most 33 us",
            Met: through.CpuMicroseconds <= 33
        );
        var (alone, aloneThrough) = (single[0].P50, single[1].P50);
        yield return new Finding(
            "p50 with one in flight",
            aloneThrough.TotalMilliseconds,
            "ms",
            alone.TotalMilliseconds,
            Direct,
            "at most 3.5 times",
            aloneThrough <= 3.5 * alone
        );
        if (many.Count > 2)
        {
            yield return new Finding(
                "unary calls through the gateway, beside HAProxy",
                through.Rate,
                "calls/s",
                many[2].Rate,
                ThroughHaProxy
            );
        }
    }
}
