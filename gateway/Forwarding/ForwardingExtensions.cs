using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Forwarder;

namespace Platform.Gateway.Forwarding;

/// <summary>Sets the forwarding of unary calls up.</summary>
internal static class ForwardingExtensions
{
    /// <summary>Puts <see cref="UnaryForwarder"/> before the forwarder of the proxy, which must be there.</summary>
    public static void AddUnaryForwarder(this IServiceCollection services)
    {
        var others = services.Last(service => service.ServiceType == typeof(IHttpForwarder));
        services.Replace(
            ServiceDescriptor.Singleton<IHttpForwarder>(provider => new UnaryForwarder(
                (IHttpForwarder)
                    ActivatorUtilities.CreateInstance(provider, others.ImplementationType!)
            ))
        );
    }
}
