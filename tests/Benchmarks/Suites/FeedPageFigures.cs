using Google.Protobuf;
using Grpc.Core;
using Platform.Benchmarks.Harness;
using Platform.Feed.V1;
using Platform.Testing;

namespace Platform.Benchmarks.Suites;

/// <summary>Pages of home feeds beside a bare echo of the same sizes, and for viewers who follow few and many.</summary>
public sealed class FeedPageFigures(
    FeedServices services,
    FeedFill fill,
    EchoProcess echo,
    int calls,
    int inFlight
)
{
    private const int PageSize = 20;
    private const int Viewers = 50;
    private const double AskedRatio = 0.25;
    private const double AskedSpread = 5;

    // what a page costs may not depend on how many are followed; that much is the noise of two runs
    private const double SameTo = 1.2;

    private static readonly int[] Followed = [100, 1_000, 10_000];

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(
        value => value,
        value => value
    );

    private static readonly Method<byte[], byte[]> ListHomeFeed = new(
        MethodType.Unary,
        "platform.feed.v1.HomeFeedService",
        nameof(ListHomeFeed),
        Bytes,
        Bytes
    );

    /// <summary>Measures all of it.</summary>
    public async Task MeasureAsync(List<Figure> figures, List<Finding> findings)
    {
        var authors = Enumerable
            .Range(0, Followed[^1])
            .Select(number => $"author{number}")
            .ToList();
        await fill.FollowAsync([
            .. Followed.SelectMany(count =>
                Enumerable
                    .Range(0, Viewers)
                    .SelectMany(viewer =>
                        authors.Take(count).Select(author => (ViewerOf(count, viewer), author))
                    )
            ),
        ]);
        // of the first, whom all of them follow
        await FeedFill.PostAsync(services.Posts, authors.Take(Followed[0]), each: 10);
        foreach (var count in Followed)
        {
            await Eventually.HoldsAsync(
                $"viewers who follow {count} have full feeds",
                async () =>
                {
                    var first = await ReadAsync(count, 0, FeedOrder.Recent);
                    return first.Entries.Count == PageSize && !first.Rebuilding;
                },
                TimeSpan.FromMinutes(2)
            );
        }

        var answer = await ReadAsync(Followed[0], 0, FeedOrder.Recent);
        var bytes = EchoService.Request(
            Request(Followed[0], 0, FeedOrder.Recent).CalculateSize(),
            answer.CalculateSize()
        );
        var limit = await Load.RunAsync(
            $"bare echo, size of a page ({answer.CalculateSize():N0} B)",
            echo.Server,
            calls,
            inFlight,
            async _ => await EchoService.CallAsync(echo.Invoker, bytes)
        );
        figures.Add(limit);
        var recent = new List<Figure>();
        foreach (var count in Followed)
        {
            recent.Add(await RunAsync(count, FeedOrder.Recent, limit));
        }
        figures.AddRange(recent);
        figures.Add(await RunAsync(Followed[0], FeedOrder.Ranked, limit));
        foreach (var figure in new[] { recent[0], figures[^1] })
        {
            findings.Add(
                new Finding(
                    figure.Name,
                    figure.Rate,
                    "calls/s",
                    limit.Rate,
                    "bare echo",
                    $">= {AskedRatio:0.00}",
                    figure.Rate >= AskedRatio * limit.Rate
                )
            );
            findings.Add(
                new Finding(
                    $"{figure.Name}: percentile 99",
                    figure.P99.TotalMilliseconds,
                    "ms",
                    figure.P50.TotalMilliseconds,
                    "median",
                    $"<= {AskedSpread:0}",
                    figure.P99 <= AskedSpread * figure.P50
                )
            );
        }
        findings.AddRange(
            recent
                .Skip(1)
                .Select(figure => new Finding(
                    $"{figure.Name}: processor time",
                    figure.CpuMicroseconds ?? 0,
                    "us",
                    recent[0].CpuMicroseconds,
                    $"{Followed[0]} followed",
                    $"<= {SameTo:0.0}",
                    figure.CpuMicroseconds <= SameTo * recent[0].CpuMicroseconds
                ))
        );
    }

    private Task<Figure> RunAsync(int count, FeedOrder order, Figure limit)
    {
        var requests = Enumerable
            .Range(0, Viewers)
            .Select(viewer => Request(count, viewer, order).ToByteArray())
            .ToArray();
        return Load.RunAsync(
            $"page of {PageSize}, {order}, {count:N0} followed",
            services.Server,
            calls,
            inFlight,
            index => ReadBytesAsync(requests[index % Viewers]),
            limit.Name
        );
    }

    /// <summary>As the echo is called: what a client makes of an answer is no work of the feed.</summary>
    private async Task ReadBytesAsync(byte[] request) =>
        await services.Invoker.AsyncUnaryCall(ListHomeFeed, null, default, request);

    private async Task<ListHomeFeedResponse> ReadAsync(int count, int viewer, FeedOrder order) =>
        await services.HomeFeed.ListHomeFeedAsync(Request(count, viewer, order));

    private static ListHomeFeedRequest Request(int count, int viewer, FeedOrder order) =>
        new()
        {
            MemberId = ViewerOf(count, viewer),
            PageSize = PageSize,
            Order = order,
        };

    private static string ViewerOf(int count, int viewer) => $"viewer{count}-{viewer}";
}
