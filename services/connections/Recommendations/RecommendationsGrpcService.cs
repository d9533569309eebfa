using Platform.Connections.V1;

namespace Platform.Connections.Recommendations;

/// <summary>Mapped so that every method answers UNIMPLEMENTED with its reason; docs/api.md lists what is there.</summary>
public sealed class RecommendationsGrpcService : RecommendationsService.RecommendationsServiceBase;
