using Platform.Follows.V1;

namespace Platform.Follows.Operations;

/// <summary>Verify, repair and erasure; not built yet, so every method answers NOT_IMPLEMENTED.</summary>
public sealed class FollowsOperationsGrpcService
    : FollowsOperationsService.FollowsOperationsServiceBase;
