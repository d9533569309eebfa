using Google.Api;
using Google.Protobuf.Reflection;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>Every service of every proto, found in the compiled contract, so that a new one cannot be forgotten.</summary>
internal static class Contract
{
    public static IReadOnlyList<ServiceDescriptor> Services { get; } =
    [
        .. typeof(Platform.Connections.V1.InvitationsService)
            .Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<FileDescriptor>()
            .SelectMany(file => file.Services)
            .DistinctBy(service => service.FullName),
    ];

    /// <summary>The service's name of its package: <c>connections</c> of <c>platform.connections.v1</c>.</summary>
    public static string OwnerOf(ServiceDescriptor service) => service.File.Package.Split('.')[1];

    /// <summary>The HTTP method and path of each annotation, with <c>x</c> for each variable.</summary>
    public static IEnumerable<(HttpMethod Method, string Path)> RestOf(MethodDescriptor method)
    {
        var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        return rule is null ? [] : new[] { rule }.Concat(rule.AdditionalBindings).Select(Read);
    }

    private static (HttpMethod Method, string Path) Read(HttpRule rule)
    {
        var (method, template) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethod.Get, rule.Get),
            HttpRule.PatternOneofCase.Put => (HttpMethod.Put, rule.Put),
            HttpRule.PatternOneofCase.Post => (HttpMethod.Post, rule.Post),
            HttpRule.PatternOneofCase.Delete => (HttpMethod.Delete, rule.Delete),
            HttpRule.PatternOneofCase.Patch => (HttpMethod.Patch, rule.Patch),
            _ => (new HttpMethod(rule.Custom.Kind), rule.Custom.Path),
        };
        return (method, System.Text.RegularExpressions.Regex.Replace(template, @"\{[^}]*\}", "x"));
    }
}
