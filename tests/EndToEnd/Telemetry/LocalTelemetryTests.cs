namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>Everything in one process, on SQLite and Garnet.</summary>
public sealed class LocalTelemetryTests(LocalTelemetryFixture local)
    : TelemetryScenarios,
        IClassFixture<LocalTelemetryFixture>
{
    protected override OtlpReceiver Receiver => local.Receiver;

    protected override string Database => "sqlite";

    protected override ValueTask<PlatformEndpoint> PlatformAsync() => new(local.Platform);

    /// <summary>Five hosts listen in one process, and one of them reports.</summary>
    [Fact]
    public async Task Spans_OfOneProcess_AreSentOnce()
    {
        var ada = await local.Platform.ActorAsync("once-ada");
        await ada.StandingAsync(await local.Platform.ActorAsync("once-grace"));
        await Receiver.WayAsync("a check", way => way[^1]["db.system.name"] == Database);

        Assert.Distinct(Receiver.Spans.Select(span => span.SpanId));
    }
}
