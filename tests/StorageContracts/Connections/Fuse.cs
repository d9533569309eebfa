using System.Reflection;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>Ends a process at one of its calls to stores: just before the call, or when it is done and nobody has heard of it.</summary>
/// <param name="calls">Which call, counted over all stores that are wired to the fuse.</param>
/// <param name="after">Whether the call is done first.</param>
internal sealed class Fuse(int calls, bool after)
{
    private int _calls;

    /// <summary>Whether the call was reached.</summary>
    public bool HasBlown => _calls >= calls;

    /// <summary>A store whose calls burn the fuse.</summary>
    public T Wire<T>(T store)
        where T : class
    {
        var wired = DispatchProxy.Create<T, Wired<T>>();
        var proxy = (Wired<T>)(object)wired;
        (proxy.Store, proxy.Fuse) = (store, this);
        return wired;
    }

    private Task<T> BurnAsync<T>(Func<Task<T>> call)
    {
        // who is dead calls nobody any more
        var number = Interlocked.Increment(ref _calls);
        return number < calls ? call()
            : number == calls && after ? KillAfterAsync(call)
            : Task.FromException<T>(new KilledException());
    }

    private static async Task<T> KillAfterAsync<T>(Func<Task<T>> call)
    {
        await call();
        throw new KilledException();
    }

    internal sealed class KilledException : Exception;

    /// <summary>What stands between the caller and a store.</summary>
#pragma warning disable CA1852 // not sealed: the proxy that is made at run time derives from it
    internal class Wired<TStore> : DispatchProxy
#pragma warning restore CA1852
        where TStore : class
    {
        private static readonly MethodInfo Burn = typeof(Fuse).GetMethod(
            nameof(BurnAsync),
            BindingFlags.NonPublic | BindingFlags.Instance
        )!;

        public TStore Store { get; set; } = null!;

        public Fuse Fuse { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.ReturnType;
            if (!result.IsGenericType || result.GetGenericTypeDefinition() != typeof(Task<>))
            {
                return targetMethod.Invoke(Store, args);
            }
            var call = Delegate.CreateDelegate(
                typeof(Func<>).MakeGenericType(result),
                new Call(this, targetMethod, args),
                typeof(Call)
                    .GetMethod(nameof(Call.Run))!
                    .MakeGenericMethod(result.GetGenericArguments()[0])
            );
            return Burn.MakeGenericMethod(result.GetGenericArguments()[0]).Invoke(Fuse, [call]);
        }

        private sealed class Call(Wired<TStore> wired, MethodInfo method, object?[]? args)
        {
            public Task<T> Run<T>() => (Task<T>)method.Invoke(wired.Store, args)!;
        }
    }
}
