using System.Buffers.Binary;
using System.Net;
using Grpc.Core;

namespace Platform.Tests.Gateway.ApiTests.Attack;

/// <summary>More than anybody needs: streams, resets, frames, and time. Each has a gateway of its own with small limits.</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private const int MaxStreams = 20;
    private const int Burst = 50;
    private const string Path = "/platform.connections.v1.ConnectionsService/CheckConnection";
    private const string SilentPath = "/platform.connections.v1.ConnectionsService/Silent";

    private readonly GatewayFixture _gateway = new()
    {
        Settings =
        [
            new("Gateway:MaxStreamsPerConnection", $"{MaxStreams}"),
            new("Gateway:MemberRate:PerSecond", "1"),
            new("Gateway:MemberRate:Burst", $"{Burst}"),
            new("Gateway:SlowClientTimeout", "00:00:01.5"),
        ],
    };

    public async ValueTask InitializeAsync()
    {
        await _gateway.InitializeAsync();
        _gateway.Services["connections"].Silent[SilentPath] = true;
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Streams_BeyondTheLimit_AreRefused()
    {
        await using var connection = await RawHttp2.ConnectAsync(_gateway.GrpcAddress);
        for (var index = 0; index <= MaxStreams; index++)
        {
            await connection.SendAsync(
                RawHttp2.Headers,
                RawHttp2.EndHeaders | RawHttp2.EndStream,
                2 * index + 1,
                RawHttp2.Call(SilentPath, _gateway.Identity.Token("ada"))
            );
        }

        var reset = await connection.FindAsync((type, _) => type == RawHttp2.ResetStream);

        Assert.Equal(2 * MaxStreams + 1, reset!.Value.Stream);
        Assert.Equal(
            RawHttp2.RefusedStream,
            BinaryPrimitives.ReadInt32BigEndian(reset.Value.Payload)
        );
        await Bystander.IsServedAsync(_gateway);
    }

    [Fact]
    public async Task Streams_ResetAtOnce_CountAsCallsAndEndTheConnection()
    {
        // one connection may end before it has cost its member everything; a few do not
        for (var connection = 0; connection < 10 && await IsLetInAsync(); connection++)
        {
            await ResetStreamsAsync();
        }

        Assert.False(await IsLetInAsync(), "the resets cost the member nothing");
        Assert.InRange(_gateway.Services["connections"].TotalCalls, 0, Burst + 10);
        await Bystander.IsServedAsync(_gateway);
    }

    private async Task ResetStreamsAsync()
    {
        await using var connection = await RawHttp2.ConnectAsync(_gateway.GrpcAddress);
        var call = RawHttp2.Call(SilentPath, _gateway.Identity.Token("ada"));
        var cancel = new byte[] { 0, 0, 0, RawHttp2.Cancel };
        try
        {
            for (var index = 0; index < 10_000; index++)
            {
                var stream = 2 * index + 1;
                await connection.SendAsync([
                    .. RawHttp2.Frame(
                        RawHttp2.Headers,
                        RawHttp2.EndHeaders | RawHttp2.EndStream,
                        stream,
                        call
                    ),
                    .. RawHttp2.Frame(RawHttp2.ResetStream, 0, stream, cancel),
                ]);
            }
        }
        catch (IOException)
        {
            // the gateway has had enough
        }
        Assert.True(await connection.IsEndedAsync());
    }

    private async Task<bool> IsLetInAsync()
    {
        using var call = GatewayFixture.Call(
            _gateway.Member(),
            "platform.connections.v1.ConnectionsService",
            "CheckConnection"
        );
        try
        {
            await call.ResponseAsync;
            return true;
        }
        catch (RpcException refused)
        {
            Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
            return false;
        }
    }

    [Fact]
    public async Task Frame_LargerThanAllowed_EndsTheConnection()
    {
        await using var connection = await RawHttp2.ConnectAsync(_gateway.GrpcAddress);
        await connection.SendAsync(
            RawHttp2.Headers,
            RawHttp2.EndHeaders,
            1,
            RawHttp2.Call(Path, _gateway.Identity.Token("ada"))
        );
        await connection.SendAsync(RawHttp2.Data, 0, 1, new byte[(1 << 20) + 1]);

        Assert.True(await connection.IsEndedAsync());
        await Bystander.IsServedAsync(_gateway);
    }

    [Theory]
    [InlineData("connection", "close")]
    [InlineData("X-Upper", "case")]
    [InlineData(":path", "/v1/feed/home")]
    [InlineData("transfer-encoding", "chunked")]
    public async Task Headers_ThatHttp2Forbids_AreRefused(string name, string value)
    {
        await using var connection = await RawHttp2.ConnectAsync(_gateway.GrpcAddress);
        await connection.SendAsync(
            RawHttp2.Headers,
            RawHttp2.EndHeaders | RawHttp2.EndStream,
            1,
            RawHttp2.Call(Path, _gateway.Identity.Token("ada"), (name, value))
        );

        Assert.NotEqual(
            RawHttp2.Headers,
            (
                await connection.FindAsync(
                    (type, _) => type is RawHttp2.Headers or RawHttp2.ResetStream or RawHttp2.GoAway
                )
            )?.Type
        );
        Assert.Equal(0, _gateway.Services["connections"].TotalCalls);
        await Bystander.IsServedAsync(_gateway);
    }

    [Fact]
    public async Task Headers_OfAMegabyte_EndTheConnection()
    {
        await using var connection = await RawHttp2.ConnectAsync(_gateway.GrpcAddress);
        try
        {
            // never ended: each frame goes on where the last one stopped
            await connection.SendAsync(RawHttp2.Headers, 0, 1, Padding(0));
            for (var index = 1; index < 100; index++)
            {
                await connection.SendAsync(type: 9, 0, 1, Padding(index));
            }
        }
        catch (IOException)
        {
            // the gateway has had enough
        }

        Assert.True(await connection.IsEndedAsync());
        await Bystander.IsServedAsync(_gateway);
    }

    [Fact]
    public async Task Clients_ThatStopInTheirHeaders_AreLetGo()
    {
        var slow = await ConnectAsync("GET /v1/connections HTTP/1.1\r\nHost: gateway\r\nX-Slow: a");
        await Bystander.IsServedAsync(_gateway);

        foreach (var connection in slow)
        {
            Assert.StartsWith(
                "HTTP/1.1 408",
                await connection.ReadToEndAsync(),
                StringComparison.Ordinal
            );
            await connection.DisposeAsync();
        }
        await Bystander.IsServedAsync(_gateway);
    }

    [Fact]
    public async Task Clients_ThatStopInTheirBody_AreLetGo()
    {
        var slow = await ConnectAsync(
            $"POST /v1/invitations HTTP/1.1\r\nHost: gateway\r\nContent-Length: 1000\r\nAuthorization: Bearer {_gateway.Identity.Token("ada")}\r\n\r\n{{"
        );
        await Bystander.IsServedAsync(_gateway);

        foreach (var connection in slow)
        {
            Assert.StartsWith(
                "HTTP/1.1 4",
                await connection.ReadToEndAsync(),
                StringComparison.Ordinal
            );
            await connection.DisposeAsync();
        }
        await Bystander.IsServedAsync(_gateway);
    }

    [Fact]
    public async Task Message_ThatUnpacksToMoreThanTheLimit_IsRefused()
    {
        using var packed = new MemoryStream();
        using (
            var gzip = new System.IO.Compression.GZipStream(
                packed,
                System.IO.Compression.CompressionLevel.SmallestSize,
                leaveOpen: true
            )
        )
        {
            gzip.Write(new byte[64 * 1024 * 1024]);
        }
        var frame = new byte[5 + packed.Length];
        frame[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), (int)packed.Length);
        packed.ToArray().CopyTo(frame, 5);
        using var client = new HttpClient { BaseAddress = _gateway.GrpcAddress };
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/platform.relationships.v1.RelationshipsService/BatchGet"
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.Add("grpc-encoding", "gzip");
        request.Headers.Add("Authorization", $"Bearer {_gateway.Identity.Token("ada")}");

        using var answer = await client.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();

        var statuses = answer.Headers.Concat(answer.TrailingHeaders).ToLookup(header => header.Key);
        Assert.Equal(
            $"{(int)StatusCode.ResourceExhausted}",
            statuses["grpc-status"].Single().Value.Single()
        );
        await Bystander.IsServedAsync(_gateway);
    }

    private async Task<List<RawHttp1>> ConnectAsync(string beginning)
    {
        var slow = new List<RawHttp1>();
        for (var index = 0; index < 20; index++)
        {
            var connection = await RawHttp1.ConnectAsync(_gateway.Http.BaseAddress!);
            await connection.SendAsync(beginning);
            slow.Add(connection);
        }
        return slow;
    }

    private static byte[] Padding(int index) =>
        RawHttp2.Fields([($"x-{index}", new string('a', 10_000))]);
}
