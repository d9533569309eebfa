using System.Diagnostics;
using OpenTelemetry;

namespace Platform.ServiceDefaults.Telemetry;

/// <summary>Gives spans of gRPC's client the name of the method that is called; they all come with the name of the client.</summary>
internal sealed class GrpcClientNames : BaseProcessor<Activity>
{
    /// <summary>The source of its spans. Without it they are made all the same, and a trace has a hole where they are.</summary>
    public const string SourceName = "Grpc.Net.Client";

    /// <inheritdoc />
    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == SourceName && data.GetTagItem("grpc.method") is string method)
        {
            data.DisplayName = method.TrimStart('/');
        }
    }
}
