using System.Reflection;

namespace Platform.Tests.Feed.UnitTests.Support;

/// <summary>Stands before an implementation and may throw, as a crash or a fault would, before a call reaches it.</summary>
public class FaultProxy : DispatchProxy
{
    private object _inner = null!;
    private Action<string> _beforeCall = null!;

    /// <param name="beforeCall">Gets the name of the method; what it throws, the caller gets.</param>
    public static T Around<T>(T inner, Action<string> beforeCall)
        where T : class
    {
        var proxy = Create<T, FaultProxy>();
        var fault = (FaultProxy)(object)proxy;
        fault._inner = inner;
        fault._beforeCall = beforeCall;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _beforeCall(targetMethod!.Name);
        return targetMethod.Invoke(_inner, args);
    }
}
