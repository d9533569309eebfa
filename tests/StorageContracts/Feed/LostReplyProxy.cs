using System.Reflection;
using Platform.Feed.Storage;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>
/// A store in a process that is killed between a write and its reply: the call does all its work on the store, and the caller
/// gets <see cref="KilledException"/> instead of the result.
/// </summary>
public class LostReplyProxy : DispatchProxy
{
    private IPostStore _inner = null!;
    private string _method = "";

    public static IPostStore Around(IPostStore inner, string method)
    {
        var proxy = Create<IPostStore, LostReplyProxy>();
        var losing = (LostReplyProxy)(object)proxy;
        losing._inner = inner;
        losing._method = method;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var result = targetMethod!.Invoke(_inner, args);
        if (targetMethod.Name != _method)
        {
            return result;
        }
        var lose = typeof(LostReplyProxy).GetMethod(
            nameof(LoseAsync),
            BindingFlags.NonPublic | BindingFlags.Static
        )!;
        return lose.MakeGenericMethod(targetMethod.ReturnType.GenericTypeArguments[0])
            .Invoke(null, [result]);
    }

    private static async Task<T> LoseAsync<T>(Task<T> call)
    {
        await call;
        throw new KilledException();
    }
}
