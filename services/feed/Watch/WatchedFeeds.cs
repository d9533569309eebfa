using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Timelines;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Feed.Watch;

/// <summary>
/// The streams of this process, and how they come to know of a push: at once from workers of this process, and by looking at the
/// heads of all their timelines together. A hint between replicas would cost the fan-out a command for each recipient, of
/// whom few watch; a look costs one for each who does.
/// </summary>
public sealed partial class WatchedFeeds(
    ITimelineStore timelines,
    IOptions<WatchOptions> options,
    TimeProvider time,
    ILogger<WatchedFeeds> logger
) : BackgroundService
{
    private readonly MemberStreams<HomeFeedStream> _streams = new(options.Value.MaxStreams);

    // only the loop has it
    private Dictionary<string, PostId> _heads = new(StringComparer.Ordinal);

    /// <summary>How many streams are open.</summary>
    public int Count => _streams.Count;

    /// <summary>A post was pushed to the timelines of these members.</summary>
    public void Pushed(IReadOnlyCollection<string> members)
    {
        if (_streams.IsEmpty)
        {
            return;
        }
        foreach (var member in members)
        {
            Hint(member);
        }
    }

    /// <exception cref="DomainException"><see cref="ErrorReason.RateLimited"/>: the viewer has as many as may be.</exception>
    internal void Join(string viewer, HomeFeedStream stream) => _streams.Add(viewer, stream);

    internal void Leave(string viewer, HomeFeedStream stream) => _streams.Remove(viewer, stream);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PollInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (DomainException exception)
            {
                // the next look finds what this one did not
                LogNoLook(exception.Reason, exception);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        string[] viewers = [.. _streams.All.Select(one => one.Key)];
        var heads = await timelines.ReadHeadsAsync(viewers, cancellationToken);
        var seen = new Dictionary<string, PostId>(viewers.Length, StringComparer.Ordinal);
        for (var index = 0; index < viewers.Length; index++)
        {
            var viewer = viewers[index];
            seen[viewer] = heads[index];
            // of one who was not there at the last look it is not known
            if (!_heads.TryGetValue(viewer, out var before) || before != heads[index])
            {
                Hint(viewer);
            }
        }
        _heads = seen;
    }

    private void Hint(string viewer)
    {
        foreach (var stream in _streams.Of(viewer))
        {
            stream.Hint();
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The heads of watched timelines could not be read ({Reason}); posts of other replicas come later"
    )]
    private partial void LogNoLook(ErrorReason reason, Exception exception);
}
