using Google.Protobuf.Reflection;
using Platform.Common.V1;

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

    /// <summary>The path of a method in gRPC.</summary>
    public static string PathOf(MethodDescriptor method) =>
        $"/{method.Service.FullName}/{method.Name}";
}
