using Grpc.Core;

namespace Platform.Testing;

/// <summary>Calls that are let go in the same moment.</summary>
public static class Race
{
    /// <summary>Lets calls go together; what each answered, in their order.</summary>
    public static async Task<T[]> RunAsync<T>(params IEnumerable<Func<Task<T>>> calls)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = calls
            .Select(call =>
                // off the context of the test, which runs few at a time
                Task.Run(async () =>
                {
                    await start.Task;
                    return await call();
                })
            )
            .ToList();
        start.SetResult();
        return await Task.WhenAll(running);
    }

    /// <summary>Lets so many callers go together, each of which gets its number, from 0; what each answered, in their order.</summary>
    public static Task<T[]> RunAsync<T>(int callers, Func<int, Task<T>> call) =>
        RunAsync(
            Enumerable.Range(0, callers).Select<int, Func<Task<T>>>(caller => () => call(caller))
        );

    /// <summary>Lets so many callers go together; the refusal of each, in their order, and null for one that was served.</summary>
    public static Task<Refusal?[]> RefusalsAsync(int callers, Func<int, Task> call) =>
        RunAsync(
            callers,
            async caller =>
            {
                try
                {
                    await call(caller);
                    return null;
                }
                catch (RpcException exception)
                {
                    return Refusal.Of(exception);
                }
            }
        );

    /// <summary>Lets so many callers of a unary method go together; the refusals, as above.</summary>
    public static Task<Refusal?[]> RefusalsAsync<T>(
        int callers,
        Func<int, AsyncUnaryCall<T>> call
    ) => RefusalsAsync(callers, caller => call(caller).ResponseAsync);
}
