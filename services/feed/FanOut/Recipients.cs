using Platform.Common.V1;
using Platform.Feed.Sources;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.FanOut;

/// <summary>
/// The recipients of a delivery, stage by stage, part by part. The stream of a stage stays open from part to part, so that the other
/// service reads the next one while this one is delivered. Not safe for several threads.
/// </summary>
/// <param name="partSize">How many a part has at most.</param>
internal sealed partial class Recipients(
    IConnectionsSource connections,
    IFollowsSource follows,
    int partSize,
    ILogger logger
) : IAsyncDisposable
{
    private DeliveryStage? _stage;
    private IAsyncEnumerator<RecipientPage>? _parts;

    /// <summary>The next part of a stage.</summary>
    /// <param name="cursor">Where it begins: of the part before, or what was saved; empty for the first.</param>
    /// <exception cref="DomainException"><c>DEPENDENCY_UNAVAILABLE</c>.</exception>
    public async Task<RecipientPage> NextAsync(
        DeliveryStage stage,
        string cursor,
        CancellationToken cancellationToken
    )
    {
        if (_parts is not null && _stage == stage)
        {
            return await NextAsync(_parts);
        }
        try
        {
            return await NextAsync(await OpenAsync(stage, cursor, cancellationToken));
        }
        catch (DomainException exception)
            when (cursor.Length > 0
                && exception.Reason
                    is ErrorReason.InvalidCursor
                        or ErrorReason.CursorExpired
                        or ErrorReason.InvalidPageToken
            )
        {
            // the other service no longer knows its cursor: the stage begins anew, and doubles are dropped
            LogCursorLost(exception, stage.Recipients);
            return await NextAsync(await OpenAsync(stage, "", cancellationToken));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_parts is { } parts)
        {
            _parts = null;
            await parts.DisposeAsync();
        }
    }

    private async Task<IAsyncEnumerator<RecipientPage>> OpenAsync(
        DeliveryStage stage,
        string cursor,
        CancellationToken cancellationToken
    )
    {
        await DisposeAsync();
        var parts = stage.Recipients switch
        {
            RecipientKind.Author => OnlyAsync(stage.Of.Id),
            RecipientKind.Connections => connections.StreamConnectionsAsync(
                stage.Of.Id,
                cursor,
                partSize,
                cancellationToken
            ),
            RecipientKind.Followers => follows.StreamFollowersAsync(
                stage.Of,
                cursor,
                partSize,
                cancellationToken
            ),
            _ => throw new InvalidOperationException(
                $"Nobody receives in a stage of {stage.Recipients}."
            ),
        };
        _stage = stage;
        return _parts = parts.GetAsyncEnumerator(cancellationToken);
    }

    private static async Task<RecipientPage> NextAsync(IAsyncEnumerator<RecipientPage> parts) =>
        await parts.MoveNextAsync()
            ? parts.Current
            : throw new InvalidOperationException("There is no part after the last one.");

    private static async IAsyncEnumerable<RecipientPage> OnlyAsync(string member)
    {
        await Task.CompletedTask;
        yield return new RecipientPage([member], "");
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The cursor of a stage of {Recipients} was refused; the stage begins anew"
    )]
    private partial void LogCursorLost(Exception exception, RecipientKind recipients);
}
