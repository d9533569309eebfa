using System.Text;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Platform.Tests.EndToEnd;

/// <summary>
/// docs/api.md, made from what is there: the methods and REST paths of the compiled contract, the first sentence of each
/// method's comment, and whether the build serves it (its class overrides what the generated base refuses).
/// </summary>
internal static partial class ApiDocument
{
    private const string Head = """
        # API

        Every method of the contract, and whether this build serves it. A method that is not served yet answers
        UNIMPLEMENTED with the reason `NOT_IMPLEMENTED`; its shape stays. Limits, reasons and what repeating does stand with each
        method in `protos/`; reasons are explained in [errors.md](errors.md).

        All of it is reached through the gateway: gRPC on one port, REST on the other (local mode: 8081 and 8080), with
        `authorization: Bearer TOKEN`. REST takes and gives JSON; fields are named in lowerCamelCase.

        This page is made by a test; after a change of the contract run
        `UPDATE_DOCS=1 dotnet test tests/EndToEnd --filter ApiDocumentTests`.

        """;

    /// <summary>The page as it should be.</summary>
    public static string Make()
    {
        var page = new StringBuilder(Head);
        foreach (var package in Services().GroupBy(service => service.File.Package))
        {
            page.Append('\n').Append("## ").Append(package.Key).Append('\n');
            foreach (var service in package)
            {
                page.Append('\n').Append("### ").Append(service.Name).Append('\n').Append('\n');
                page.Append(
                    "| method | REST | served | what it does |\n| --- | --- | --- | --- |\n"
                );
                foreach (var method in service.Methods)
                {
                    page.Append(
                        $"| {NameOf(method)} | {RestOf(method)} | {(IsServed(method) ? "yes" : "-")} | {SummaryOf(method)} |\n"
                    );
                }
            }
        }
        return page.ToString();
    }

    /// <summary>Every service of the contract, by name.</summary>
    public static IEnumerable<ServiceDescriptor> Services() =>
        typeof(Platform.Connections.V1.InvitationsService)
            .Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<FileDescriptor>()
            .SelectMany(file => file.Services)
            .DistinctBy(service => service.FullName)
            .OrderBy(service => service.FullName, StringComparer.Ordinal);

    private static string NameOf(MethodDescriptor method) =>
        method.IsServerStreaming ? $"{method.Name} (stream)" : method.Name;

    private static string RestOf(MethodDescriptor method)
    {
        var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        return rule?.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => $"`GET {rule.Get}`",
            HttpRule.PatternOneofCase.Put => $"`PUT {rule.Put}`",
            HttpRule.PatternOneofCase.Post => $"`POST {rule.Post}`",
            HttpRule.PatternOneofCase.Delete => $"`DELETE {rule.Delete}`",
            HttpRule.PatternOneofCase.Patch => $"`PATCH {rule.Patch}`",
            _ => "",
        };
    }

    private static bool IsServed(MethodDescriptor method)
    {
        var implementations = new[]
        {
            typeof(Platform.Connections.ConnectionsApp),
            typeof(Platform.Follows.FollowsApp),
            typeof(Platform.Messaging.MessagingApp),
            typeof(Platform.Feed.FeedApp),
            typeof(Platform.Gateway.GatewayApp),
        }
            .SelectMany(app => app.Assembly.GetTypes())
            .Where(type =>
                type.BaseType?.Name == $"{method.Service.Name}Base"
                && type.BaseType.Namespace == NamespaceOf(method)
            )
            .ToList();
        var implementation = Assert.Single(implementations);
        return implementation
            .GetMethods()
            .Any(candidate =>
                candidate.Name == method.Name
                && candidate.DeclaringType == implementation
                && candidate.GetParameters()[^1].ParameterType == typeof(ServerCallContext)
            );
    }

    private static string NamespaceOf(MethodDescriptor method) =>
        method.File.GetOptions().CsharpNamespace;

    private static string SummaryOf(MethodDescriptor method)
    {
        var comment = ProtoComments.Of(method.FullName);
        var end = SentenceEnd().Match(comment);
        return (end.Success ? comment[..(end.Index + 1)] : comment).Replace(
            "|",
            "\\|",
            StringComparison.Ordinal
        );
    }

    [GeneratedRegex(@"\.(?=\s+[A-Z`]|$)")]
    private static partial Regex SentenceEnd();
}
