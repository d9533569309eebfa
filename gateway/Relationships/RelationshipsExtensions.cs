using Platform.Connections.V1;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Clients;

namespace Platform.Gateway.Relationships;

/// <summary>Sets the composed relationships up.</summary>
internal static class RelationshipsExtensions
{
    public static void AddRelationships(this WebApplicationBuilder builder)
    {
        builder.AddCallersGrpcClient<ConnectionsService.ConnectionsServiceClient>("Connections");
        builder.AddCallersGrpcClient<FollowsService.FollowsServiceClient>("Follows");
        builder.Services.AddSingleton<RelationshipSources>();
        builder.Services.AddSingleton<RelationshipsHandler>();
        // it holds no state of a call
        builder.Services.AddSingleton<RelationshipsGrpcService>();
    }
}
