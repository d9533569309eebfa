using System.Diagnostics;
using OpenTelemetry;

namespace Platform.ServiceDefaults.Telemetry;

/// <summary>
/// Takes out of spans whatever may tell who somebody is or what they wrote: paths of REST name members, and messages of exceptions
/// quote keys. And it lets no trace begin with a question that nobody's call has led to: polls, probes and streams that a service
/// keeps open by itself would make most of all traces, each of one span.
/// </summary>
internal sealed class SpanPrivacy : BaseProcessor<Activity>
{
    // gRPC's paths name a method and nobody
    private const string GrpcPath = "/platform.";

    private static readonly string[] Untold =
    [
        "url.query",
        "client.address",
        "db.query.text",
        "exception.message",
        "exception.stacktrace",
    ];

    /// <inheritdoc />
    public override void OnStart(Activity data)
    {
        if (data is { Kind: ActivityKind.Client, ParentId: null })
        {
            data.IsAllDataRequested = false;
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    /// <inheritdoc />
    public override void OnEnd(Activity data)
    {
        foreach (var tag in Untold)
        {
            data.SetTag(tag, null);
        }
        if (data.GetTagItem("url.path") is string path && !IsOfGrpc(path))
        {
            data.SetTag("url.path", data.GetTagItem("http.route"));
        }
        if (
            data.GetTagItem("url.full") is string full
            && Uri.TryCreate(full, UriKind.Absolute, out var address)
        )
        {
            data.SetTag(
                "url.full",
                address.GetLeftPart(
                    IsOfGrpc(address.AbsolutePath) ? UriPartial.Path : UriPartial.Authority
                )
            );
        }
        if (data.StatusDescription is not null)
        {
            data.SetStatus(data.Status);
        }
    }

    private static bool IsOfGrpc(string path) =>
        path.StartsWith(GrpcPath, StringComparison.Ordinal);
}
