using Platform.Connections.V1;

namespace Platform.Connections.Blocks;

/// <summary>Mapped so that every method answers UNIMPLEMENTED with its reason; docs/api.md lists what is there.</summary>
public sealed class BlocksGrpcService : BlocksService.BlocksServiceBase;
