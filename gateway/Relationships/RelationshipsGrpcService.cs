using Grpc.Core;
using Platform.Common.V1;
using Platform.Relationships.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Gateway.Relationships;

/// <summary>Translates the contract of relationships, composed from all services.</summary>
internal sealed class RelationshipsGrpcService(RelationshipsHandler handler)
    : RelationshipsService.RelationshipsServiceBase
{
    private const int MaxBatch = 1000;

    private static readonly IReadOnlySet<RelationshipPart> AllParts =
        Enum.GetValues<RelationshipPart>()
            .Where(part => part != RelationshipPart.Unspecified)
            .ToHashSet();

    public override async Task<BatchGetResponse> BatchGet(
        BatchGetRequest request,
        ServerCallContext context
    )
    {
        var viewer = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", viewer)
            .Batch("target_ids", request.TargetIds.Count, MaxBatch);
        for (var index = 0; index < request.Parts.Count; index++)
        {
            validator.Required($"parts[{index}]", request.Parts[index]);
        }
        validator.ThrowIfInvalid();
        var valid = new List<string>(request.TargetIds.Count);
        var places = new Dictionary<string, int>(request.TargetIds.Count, StringComparer.Ordinal);
        foreach (var id in request.TargetIds)
        {
            if (MemberId.IsValid(id) && places.TryAdd(id, valid.Count))
            {
                valid.Add(id);
            }
        }
        var response = new BatchGetResponse { Completeness = new() { Complete = true } };
        IReadOnlyList<Relationship> found = [];
        if (valid.Count > 0)
        {
            (found, response.Completeness) = await handler.ReadAsync(
                new RelationshipQuery(
                    context.GetHttpContext().Request.Headers.Authorization.ToString(),
                    viewer,
                    valid,
                    request.Parts.Count == 0 ? AllParts : request.Parts.ToHashSet()
                )
                {
                    ConnectionsConsistency = request.ConnectionsConsistency,
                    FollowsConsistency = request.FollowsConsistency,
                    Deadline = context.Deadline == DateTime.MaxValue ? null : context.Deadline,
                },
                context.CancellationToken
            );
        }
        response.Results.Capacity = request.TargetIds.Count;
        for (var index = 0; index < request.TargetIds.Count; index++)
        {
            var id = request.TargetIds[index];
            response.Results.Add(
                places.TryGetValue(id, out var place)
                    ? new RelationshipResult { TargetId = id, Relationship = found[place] }
                    : new RelationshipResult { TargetId = id, Error = Malformed(index) }
            );
        }
        return response;
    }

    public override Task<DescribeRelationsResponse> DescribeRelations(
        DescribeRelationsRequest request,
        ServerCallContext context
    ) =>
        Task.FromResult(
            new DescribeRelationsResponse
            {
                Relations = { RelationDescriptions.Connection, RelationDescriptions.Follow },
            }
        );

    private static Google.Rpc.Status Malformed(int index)
    {
        const string rule = "must be 1-64 of A-Z a-z 0-9 _ - .";
        return new DomainException(ErrorReason.InvalidRequest, $"The id {rule}")
            .WithField($"target_ids[{index}]", rule)
            .ToStatus(RelationshipsService.Descriptor.File.Package);
    }
}
