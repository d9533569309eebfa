using Grpc.Core;
using Platform.Load;

namespace Platform.Tests.Load.UnitTests;

/// <summary>The load itself, on calls that do as a test says.</summary>
public sealed class OpenLoopTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Run_CallsHang_OthersGoOnAndAllAreMeasuredFromWhenTheyWereDue()
    {
        var end = new TaskCompletionSource();
        var begun = 0;
        var loop = new OpenLoop(rate: 200, most: 10_000, TimeSpan.FromSeconds(5), seed: 1);

        var running = loop.RunAsync(
            [
                Operation(async () =>
                {
                    Interlocked.Increment(ref begun);
                    await end.Task;
                }),
            ],
            Duration,
            TestContext.Current.CancellationToken
        );
        // nothing was answered, and yet what was due was sent
        await Platform.Testing.Eventually.HoldsAsync(
            "calls of the whole second are under way",
            () => Task.FromResult(Volatile.Read(ref begun) > 150)
        );
        end.SetResult();
        var result = await running;

        Assert.Equal(begun, result.Calls);
        Assert.True(result.IsGood);
        // the earliest waited longest: those of a closed loop would all have waited as long as one
        var latencies = result.Methods[0].Latencies;
        Assert.True(
            latencies.GetValueAtPercentile(95) > 4 * latencies.GetValueAtPercentile(20),
            $"95: {latencies.GetValueAtPercentile(95)} us, 20: {latencies.GetValueAtPercentile(20)} us"
        );
    }

    [Fact]
    public async Task Run_MoreIsDueThanMayBeUnderWay_SaysWhatWasNotSent()
    {
        var end = new TaskCompletionSource();
        var loop = new OpenLoop(rate: 500, most: 3, TimeSpan.FromSeconds(5), seed: 1);

        var running = loop.RunAsync(
            [Operation(() => end.Task)],
            TimeSpan.FromMilliseconds(300),
            TestContext.Current.CancellationToken
        );
        await Task.WhenAny(running, Task.Delay(Duration, TestContext.Current.CancellationToken));
        end.SetResult();
        var result = await running;

        Assert.Equal(3, result.Calls);
        Assert.True(result.NotSent > 50, $"{result.NotSent} not sent");
        Assert.False(result.IsGood);
    }

    [Fact]
    public async Task Run_RefusalsAndFailures_AreToldApart()
    {
        var number = 0;
        var loop = new OpenLoop(rate: 200, most: 100, TimeSpan.FromSeconds(5), seed: 1);

        var result = await loop.RunAsync(
            [
                Operation(() =>
                    throw new RpcException(
                        new Status(
                            Interlocked.Increment(ref number) % 2 == 0
                                ? StatusCode.AlreadyExists
                                : StatusCode.Unavailable,
                            ""
                        )
                    )
                ),
            ],
            TimeSpan.FromMilliseconds(300),
            TestContext.Current.CancellationToken
        );

        var method = result.Methods[0];
        Assert.Equal(number, method.Latencies.TotalCount);
        Assert.Equal(number / 2, method.Refused["AlreadyExists"]);
        Assert.Equal((number + 1) / 2, method.Failed["Unavailable"]);
        Assert.Equal(number / 2, method.Answered);
        Assert.False(result.IsGood);
    }

    private static Operation Operation(Func<Task> call) =>
        new("Test.Call", 1, IsWrite: false, async (_, _, _) => await call());
}
