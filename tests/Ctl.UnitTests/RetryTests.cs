using Grpc.Core;
using Platform.Common.V1;
using Platform.Ctl.Import;
using Platform.ServiceDefaults.Errors;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

public sealed class RetryTests
{
    private readonly ImmediateTimeProvider _time = new();

    [Fact]
    public async Task Run_PassingFault_IsRepeatedWithGrowingPauses()
    {
        var retry = new Retry(_time);

        var answer = await RunAsync(
            retry,
            failures: 4,
            () => Refusals.Of(ErrorReason.StoreUnavailable)
        );

        Assert.Equal(5, answer);
        Assert.Equal(4, retry.Retries);
        var pauses = _time.Pauses.ToArray();
        Assert.Equal(4, pauses.Length);
        Assert.InRange(pauses[0].TotalMilliseconds, 50, 100);
        Assert.InRange(pauses[3].TotalMilliseconds, 400, 800);
    }

    [Fact]
    public async Task Run_LastingFault_GivesUpAfterItsAttempts()
    {
        var calls = 0;

        await Assert.ThrowsAsync<RpcException>(() =>
            new Retry(_time).RunAsync<int>(
                () =>
                {
                    calls++;
                    throw Refusals.Unreachable();
                },
                TestContext.Current.CancellationToken
            )
        );

        Assert.Equal(Retry.Attempts, calls);
    }

    [Theory]
    [InlineData(ErrorReason.CoolDown)]
    [InlineData(ErrorReason.InvitationQuota)]
    [InlineData(ErrorReason.CredentialsExpired)]
    [InlineData(ErrorReason.NotImplemented)]
    public async Task Run_Refusal_IsNotRepeated(ErrorReason reason)
    {
        var retry = new Retry(_time);

        await Assert.ThrowsAsync<RpcException>(() =>
            RunAsync(retry, failures: 1, () => Refusals.Of(reason))
        );

        Assert.Equal(0, retry.Retries);
    }

    [Fact]
    public async Task Run_RateLimited_WaitsAsLongAsTheServiceAsks()
    {
        var limited = new DomainException(ErrorReason.RateLimited, "slower").WithRetryAfter(
            TimeSpan.FromSeconds(2)
        );

        await RunAsync(new Retry(_time), failures: 1, () => Refusals.Of(limited));

        Assert.Equal([TimeSpan.FromSeconds(2)], _time.Pauses);
    }

    [Fact]
    public async Task Run_StoppedInAPause_Ends()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new Retry(TimeProvider.System).RunAsync<int>(
                () => throw Refusals.Unreachable(),
                stop.Token
            )
        );
    }

    private static Task<int> RunAsync(Retry retry, int failures, Func<RpcException> failure)
    {
        var calls = 0;
        return retry.RunAsync(
            () => ++calls <= failures ? throw failure() : Task.FromResult(calls),
            TestContext.Current.CancellationToken
        );
    }
}
