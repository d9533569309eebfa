using System.Text;

namespace Platform.Local;

/// <summary>What the person who started it reads.</summary>
internal static class Banner
{
    public static string Of(LocalPlatform platform, LocalOptions options)
    {
        var text = new StringBuilder();
        var http = platform.HttpAddress;
        var grpc = platform.GrpcAddress;
        text.AppendLine()
            .AppendLine("Platform is ready: all services in this process, for development only.")
            .AppendLine()
            .AppendLine($"  REST     {http}")
            .AppendLine($"  gRPC     {grpc} (HTTP/2 in clear; reflection is on)")
            .AppendLine($"  health   {http}/health")
            .AppendLine($"  data     {platform.DataFolder}")
            .AppendLine();
        if (options.Verbose)
        {
            foreach (var (name, address) in platform.ServiceAddresses)
            {
                text.AppendLine($"  {name, -12} {address}");
            }
            text.AppendLine();
        }
        text.AppendLine("Get a token (anybody can: such tokens exist in local mode only):")
            .AppendLine()
            .AppendLine($$"""  curl -s {{http}}/dev/token -d '{"member_id":"ada"}'""")
            .AppendLine()
            .AppendLine("Try, from the root of the repository:")
            .AppendLine();
        var ctl = "dotnet run --project tools/platformctl --";
        var where = options is { HttpPort: 8080, GrpcPort: 8081 }
            ? ""
            : $" --http {http} --grpc {grpc}";
        string[] commands =
        [
            "connect ada grace",
            "accept grace ada",
            "message ada grace \"Hello\"",
            "post grace \"News\"",
            "feed ada",
        ];
        foreach (var command in commands)
        {
            text.AppendLine($"  {ctl} {command}{where}");
        }
        return text.AppendLine().AppendLine("Ctrl-C stops it.").ToString();
    }
}
