using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>A stream of WatchConnections, read one event at a time.</summary>
internal sealed class Watcher : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _cancel = new();
    private readonly AsyncServerStreamingCall<WatchConnectionsResponse> _call;

    private Watcher(
        ConnectionsService.ConnectionsServiceClient client,
        WatchConnectionsRequest request
    ) => _call = client.WatchConnections(request, cancellationToken: _cancel.Token);

    /// <summary>The last cursor received.</summary>
    public string Cursor { get; private set; } = "";

    /// <summary>Begins to watch; what happens from then on is told.</summary>
    public static async Task<Watcher> StartAsync(
        ConnectionsService.ConnectionsServiceClient client,
        WatchConnectionsRequest? request = null
    )
    {
        var watcher = Open(client, request ?? new WatchConnectionsRequest());
        try
        {
            var first = await watcher.NextEventAsync();
            Assert.Equal(WatchConnectionsResponse.EventOneofCase.Heartbeat, first.EventCase);
            return watcher;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    /// <summary>Opens the stream, and reads nothing yet.</summary>
    public static Watcher Open(
        ConnectionsService.ConnectionsServiceClient client,
        WatchConnectionsRequest request
    ) => new(client, request);

    public async Task<WatchConnectionsResponse> NextEventAsync()
    {
        var more = _call.ResponseStream.MoveNext(CancellationToken.None);
        if (await Task.WhenAny(more, Task.Delay(Limit)) != more)
        {
            throw new TimeoutException($"Not within {Limit.TotalSeconds:0} s: the next event");
        }
        Assert.True(await more, "The stream ended without a status.");
        Cursor = _call.ResponseStream.Current.Cursor;
        return _call.ResponseStream.Current;
    }

    /// <summary>The next change; heartbeats before it are skipped.</summary>
    public async Task<ConnectionChange> NextAsync()
    {
        while (true)
        {
            if (await NextEventAsync() is { Change: { } change })
            {
                return change;
            }
        }
    }

    public void Cancel() => _cancel.Cancel();

    public void Dispose()
    {
        _cancel.Cancel();
        _call.Dispose();
        _cancel.Dispose();
    }
}
