using Platform.Relationships.V1;

namespace Platform.Gateway.Relationships;

/// <summary>Composed from all services; not built yet, so its methods answer UNIMPLEMENTED with NOT_IMPLEMENTED.</summary>
internal sealed class RelationshipsGrpcService : RelationshipsService.RelationshipsServiceBase;
