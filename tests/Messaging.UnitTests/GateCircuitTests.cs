using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Messaging.Connections;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class GateCircuitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GateCircuit _circuit;

    public GateCircuitTests() =>
        _circuit = new GateCircuit(
            Options.Create(
                new GateOptions { FailuresToOpen = 3, OpenTime = TimeSpan.FromSeconds(2) }
            ),
            _time
        );

    [Fact]
    public void Enter_AfterFailuresInARow_IsRefusedAtOnce()
    {
        Fail(3);

        var refusal = Assert.Throws<DomainException>(() => _circuit.Enter());

        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        Assert.Equal("connections", refusal.Metadata["dependency"]);
    }

    [Fact]
    public void State_IsReportedAsTheNumberOfTheMetric()
    {
        using var meters = new TestMeters();
        _ = new GateMetrics(meters, _circuit);
        double? Shown() => meters.Latest("platform.circuit.state", "messaging.gate");

        Assert.Equal(0, Shown());
        Fail(3);
        Assert.Equal(2, Shown());
        _time.Advance(TimeSpan.FromSeconds(2));
        var trial = _circuit.Enter();
        Assert.Equal(1, Shown());
        _circuit.Succeeded(trial);
        Assert.Equal(0, Shown());
    }

    [Fact]
    public void Enter_FailuresWithAnswersBetween_GoesOn()
    {
        Fail(2);
        _circuit.Succeeded(_circuit.Enter());
        Fail(2);

        Assert.False(_circuit.Enter());
    }

    [Fact]
    public void Enter_AfterAWhile_LetsOneTry()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(_circuit.Enter());
        Assert.Throws<DomainException>(() => _circuit.Enter());
    }

    [Fact]
    public void Trial_Answered_LetsAllThrough()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(2));
        _circuit.Succeeded(_circuit.Enter());

        Assert.False(_circuit.Enter());
        Assert.False(_circuit.Enter());
    }

    [Fact]
    public void Trial_NotAnswered_WaitsAgain()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(2));
        _circuit.Failed(_circuit.Enter());

        Assert.Throws<DomainException>(() => _circuit.Enter());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_circuit.Enter());
    }

    [Fact]
    public void Trial_WhoseCallerWentAway_LetsAnotherTry()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(2));
        _circuit.LearnedNothing(_circuit.Enter());

        Assert.True(_circuit.Enter());
    }

    [Fact]
    public void Succeeded_OfACheckFromBefore_ProvesNothing()
    {
        var early = _circuit.Enter();
        Fail(3);

        _circuit.Succeeded(early);

        Assert.Throws<DomainException>(() => _circuit.Enter());
    }

    private void Fail(int times)
    {
        for (var time = 0; time < times; time++)
        {
            _circuit.Failed(_circuit.Enter());
        }
    }
}
