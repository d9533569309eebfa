using Google.Protobuf.Reflection;
using Platform.Common.V1;
using AnnotationsExtensions = Google.Api.AnnotationsExtensions;
using HttpRule = Google.Api.HttpRule;

namespace Platform.Gateway.Routing;

/// <summary>What the contract says of its methods.</summary>
internal static class PublicMethods
{
    /// <summary>Every method of every service.</summary>
    public static IReadOnlyList<MethodDescriptor> All { get; } =
    [
        .. typeof(ErrorReason)
            .Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<FileDescriptor>()
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods),
    ];

    /// <summary>The paths of a method over REST, with variables in braces; none where it has none.</summary>
    public static IEnumerable<string> RestPathsOf(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule
            ? rule.AdditionalBindings.Prepend(rule).Select(PathOf)
            : [];

    /// <summary>The path of a method in gRPC.</summary>
    public static string PathOf(MethodDescriptor method) =>
        $"/{method.Service.FullName}/{method.Name}";

    private static string PathOf(HttpRule rule) =>
        rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => rule.Get,
            HttpRule.PatternOneofCase.Post => rule.Post,
            HttpRule.PatternOneofCase.Patch => rule.Patch,
            HttpRule.PatternOneofCase.Put => rule.Put,
            HttpRule.PatternOneofCase.Delete => rule.Delete,
            var other => throw new NotSupportedException($"a path by {other}"),
        };
}
