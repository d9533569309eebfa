using System.Collections.Concurrent;
using System.Diagnostics;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Mongo;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

public sealed class GatheredReadsTests
{
    private readonly ConcurrentQueue<(
        int[] Keys,
        TaskCompletionSource<IReadOnlyDictionary<int, int>> Answer
    )> _queries = new();

    [Fact]
    public async Task ReadAsync_WhileAQueryIsUnderWay_GoesWithTheNext()
    {
        var reads = new GatheredReads<int, int>(QueryAsync, atOnce: 1, most: 3);
        var answers = new[] { 1, 2, 3, 2, 5 }
            .Select(key => reads.ReadAsync(key, CancellationToken.None))
            .ToArray();

        await AnswerAsync(1);
        // three callers, two of whom ask for the same
        await AnswerAsync(2, 3);
        await AnswerAsync(5);

        Assert.Equal((int[])[10, 20, 30, 20, 50], await Task.WhenAll(answers));
    }

    [Fact]
    public async Task ReadAsync_OfTracedCalls_IsInTheTraceOfTheFirstThatWaits()
    {
        var traces = new ConcurrentQueue<string?>();
        var reads = new GatheredReads<int, int>(
            keys =>
            {
                traces.Enqueue(Activity.Current?.OperationName);
                return QueryAsync(keys);
            },
            atOnce: 1,
            most: 2
        );
        var answers = new List<Task<int>> { Ask("a", 1), Ask("b", 2), Ask("c", 3), Ask(null, 4) };

        await AnswerAsync(1);
        await AnswerAsync(2, 3);
        await AnswerAsync(4);

        await Task.WhenAll(answers);
        Assert.Equal(["a", "b", null], traces);

        Task<int> Ask(string? call, int key)
        {
            Activity.Current = call is null ? null : new Activity(call).Start();
            return reads.ReadAsync(key, CancellationToken.None);
        }
    }

    [Fact]
    public async Task ReadAsync_NotThere_IsDefault()
    {
        var reads = new GatheredReads<int, int>(
            _ => Task.FromResult<IReadOnlyDictionary<int, int>>(new Dictionary<int, int>()),
            atOnce: 1,
            most: 3
        );
        Assert.Equal(0, await reads.ReadAsync(7, CancellationToken.None));
    }

    [Fact]
    public async Task ReadAsync_QueryFails_IsToldToItsCallersOnly()
    {
        var reads = new GatheredReads<int, int>(QueryAsync, atOnce: 1, most: 3);
        var first = reads.ReadAsync(1, CancellationToken.None);
        var second = reads.ReadAsync(2, CancellationToken.None);
        Assert.True(_queries.TryDequeue(out var query));
        query.Answer.SetException(
            new DomainException(ErrorReason.StoreUnavailable, "The store is away.")
        );
        await AnswerAsync(2);

        var refusal = await Assert.ThrowsAsync<DomainException>(() => first);
        Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
        Assert.Equal(20, await second);
    }

    [Fact]
    public async Task ReadAsync_CallerGivesUp_OthersGetTheirAnswers()
    {
        var reads = new GatheredReads<int, int>(QueryAsync, atOnce: 1, most: 3);
        using var gaveUp = new CancellationTokenSource();
        var first = reads.ReadAsync(1, gaveUp.Token);
        var second = reads.ReadAsync(1, CancellationToken.None);
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await AnswerAsync(1);
        await AnswerAsync(1);
        Assert.Equal(10, await second);
    }

    [Fact]
    public async Task ReadAsync_ManyAtOnce_AllAreAnswered()
    {
        var reads = new GatheredReads<int, int>(
            async keys =>
            {
                await Task.Yield();
                return keys.ToDictionary(key => key, key => key * 10);
            },
            atOnce: 2,
            most: 10
        );
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 5_000)
                .Select(key => Task.Run(() => reads.ReadAsync(key, CancellationToken.None)))
        );
        Assert.Equal([.. Enumerable.Range(0, 5_000).Select(key => key * 10)], answers.ToArray());
    }

    private Task<IReadOnlyDictionary<int, int>> QueryAsync(IReadOnlyCollection<int> keys)
    {
        var answer = new TaskCompletionSource<IReadOnlyDictionary<int, int>>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        _queries.Enqueue(([.. keys], answer));
        return answer.Task;
    }

    // answers the oldest query, which is to be for these keys, with ten times each
    private async Task AnswerAsync(params int[] keys)
    {
        await Eventually.HoldsAsync("a query", () => Task.FromResult(!_queries.IsEmpty));
        Assert.True(_queries.TryDequeue(out var query));
        Assert.Equal(keys, query.Keys);
        query.Answer.SetResult(keys.ToDictionary(key => key, key => key * 10));
    }
}
