using System.Diagnostics;
using System.Net;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using StackExchange.Redis.Profiling;

namespace Platform.Storage.Redis;

/// <summary>
/// The span of what a store does in one go: one command, or many that are sent together. One a command would be hundreds for each
/// batch of a fan-out. It names commands, never keys or values, as OpenTelemetry's conventions for Redis say.
/// </summary>
internal sealed class RedisSpan : IDisposable
{
    private const int DefaultPort = 6379;

    private static readonly ActivitySource Source = new("Platform.Storage.Redis");
    private static readonly AsyncLocal<ProfilingSession?> Session = new();

    private readonly Activity _activity;
    private readonly ProfilingSession _session;

    private RedisSpan(Activity activity, ProfilingSession session) =>
        (_activity, _session) = (activity, session);

    /// <summary>Whether anybody wants spans.</summary>
    public static bool AreWanted => Source.HasListeners();

    /// <summary>Where the commands that are sent now are noted; null if they are nobody's concern.</summary>
    public static ProfilingSession? CurrentSession => Session.Value;

    /// <summary>Begins a span, of all commands that this flow sends until it is disposed of; null if nobody wants it.</summary>
    public static RedisSpan? Start()
    {
        if (
            !Source.HasListeners()
            || Source.StartActivity("redis", ActivityKind.Client) is not { } activity
        )
        {
            return null;
        }
        if (!activity.IsAllDataRequested)
        {
            activity.Dispose();
            return null;
        }
        var session = new ProfilingSession();
        Session.Value = session;
        return new RedisSpan(activity, session);
    }

    /// <summary>Notes that it failed.</summary>
    public void Fail(ErrorReason reason) =>
        _activity
            .SetTag("error.type", ErrorCatalog.NameOf(reason))
            .SetStatus(ActivityStatusCode.Error);

    /// <inheritdoc />
    public void Dispose()
    {
        Session.Value = null;
        var commands = _session.FinishProfiling().ToList();
        _activity.SetTag("db.system.name", "redis");
        if (commands.Count > 0)
        {
            var name = NameOf(commands);
            _activity.DisplayName = name;
            _activity.SetTag("db.operation.name", name);
            if (commands.Count > 1)
            {
                _activity.SetTag("db.operation.batch.size", commands.Count);
            }
            SetServer(commands[0].EndPoint);
        }
        _activity.Dispose();
    }

    private static string NameOf(List<IProfiledCommand> commands)
    {
        if (commands is [var only])
        {
            return only.Command;
        }
        var first = commands[0].Command;
        return commands.TrueForAll(command => command.Command == first)
            ? $"PIPELINE {first}"
            : "PIPELINE";
    }

    private void SetServer(EndPoint? server)
    {
        var (host, port) = server switch
        {
            DnsEndPoint named => (named.Host, named.Port),
            IPEndPoint numbered => (numbered.Address.ToString(), numbered.Port),
            _ => (null, DefaultPort),
        };
        _activity.SetTag("server.address", host);
        if (port != DefaultPort)
        {
            _activity.SetTag("server.port", port);
        }
    }
}
