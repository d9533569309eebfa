using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Load;
using Platform.Tests.Faults.Model;
using Status = Grpc.Core.Status;

namespace Platform.Tests.Faults.UnitTests;

/// <summary>What the load makes of answers, refusals and silence.</summary>
public sealed class WorldWorkerTests
{
    private readonly Tally _tally = new();
    private readonly WorldWorker _worker;
    private int _calls;
    private int _applied;

    public WorldWorkerTests() =>
        _worker = new WorldWorker(
            new World("w", 3, []),
            seed: 1,
            new Caller(_tally, () => Task.CompletedTask),
            _tally,
            _ => throw new NotSupportedException("nobody is asked")
        );

    [Fact]
    public async Task Write_Acknowledged_IsAppliedOnce()
    {
        await _worker.WriteAsync(Write(Ok));

        Assert.Equal((1, 1), (_calls, _applied));
        Assert.Empty(_tally.Violations);
    }

    [Fact]
    public async Task Write_Unanswered_IsRepeatedLaterAndKeepsWhatItTouchesAlone()
    {
        var isSilent = true;
        await _worker.WriteAsync(Write(() => isSilent ? Silence() : Ok()));
        Assert.Equal((3, 0), (_calls, _applied));
        Assert.True(_worker.World.Uncertain.Concerns("w-0"));

        // another write of the same is not sent: the first is
        await _worker.WriteAsync(Write(() => throw new InvalidOperationException("sent")));
        Assert.Equal(6, _calls);

        isSilent = false;
        Assert.True(await _worker.ResolveAsync());
        Assert.Equal(1, _applied);
        Assert.Equal(0, _worker.World.Uncertain.Count);
    }

    [Fact]
    public async Task Look_WhileSomethingIsUncertain_IsNotCompared()
    {
        await _worker.WriteAsync(Write(Silence));

        await _worker.LookAsync(
            ["w-0", "w-1"],
            () => throw new InvalidOperationException("looked")
        );
        await _worker.LookAsync(
            ["w-1"],
            () => Task.FromResult<Observation?>(new Observation.BlockList("w-1", ["w-2"]))
        );

        Assert.Equal(Violation.Stray, Assert.Single(_tally.Violations).Kind);
    }

    [Fact]
    public async Task Write_RefusedForAnotherReason_IsAViolation()
    {
        await _worker.WriteAsync(
            Write(() => Refusal(ErrorReason.NotConnected)) with
            {
                Refusals = [ErrorReason.NotConnected],
            }
        );
        Assert.Empty(_tally.Violations);

        await _worker.WriteAsync(Write(() => Refusal(ErrorReason.NotConnected)));
        Assert.Equal(Violation.Refused, Assert.Single(_tally.Violations).Kind);
    }

    [Fact]
    public async Task Write_ForbiddenAndAccepted_IsAViolation()
    {
        await _worker.WriteAsync(Write(Ok) with { Forbidden = Violation.Unconnected });

        Assert.Equal(Violation.Unconnected, Assert.Single(_tally.Violations).Kind);
    }

    [Fact]
    public async Task Write_RefusedWithoutAReason_IsAViolation()
    {
        await _worker.WriteAsync(
            Write(() => throw new RpcException(new Status(StatusCode.NotFound, "no details")))
        );

        Assert.All(_tally.Violations, one => Assert.Equal(Violation.Unreasoned, one.Kind));
        Assert.NotEmpty(_tally.Violations);
    }

    [Fact]
    public async Task Write_AnsweredInternal_IsAViolation()
    {
        await _worker.WriteAsync(Write(() => Refusal(ErrorReason.Internal)));

        Assert.All(_tally.Violations, one => Assert.Equal(Violation.Broken, one.Kind));
        Assert.NotEmpty(_tally.Violations);
    }

    private static Task<Empty> Ok() => Task.FromResult(new Empty());

    private static Task<Empty> Silence() =>
        throw new RpcException(new Status(StatusCode.Unavailable, "the connection broke off"));

    private static Task<Empty> Refusal(ErrorReason reason) =>
        throw new Google.Rpc.Status
        {
            Code = (int)ErrorCatalog.StatusCodeOf(reason),
            Details =
            {
                Any.Pack(new ErrorInfo { Reason = ErrorCatalog.NameOf(reason), Domain = "test" }),
            },
        }.ToRpcException();

    private Write<Empty> Write(Func<Task<Empty>> answer) =>
        new(
            "Write",
            "subject",
            ["w-0"],
            _ =>
            {
                _calls++;
                return new AsyncUnaryCall<Empty>(
                    answer(),
                    Task.FromResult(new Metadata()),
                    () => Status.DefaultSuccess,
                    () => [],
                    () => { }
                );
            },
            _ => _applied++
        );
}
