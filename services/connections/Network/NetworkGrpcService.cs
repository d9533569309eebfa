using Google.Protobuf.Collections;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Network;

/// <summary>Translates the contract of the network.</summary>
public sealed class NetworkGrpcService(NetworkHandler handler, SuggestionsHandler suggestions)
    : NetworkService.NetworkServiceBase
{
    private const int MaxBatch = 1000;
    private const int DefaultPage = 50;
    private const int MaxPage = 1000;
    private const int DefaultChunk = 1000;
    private const int MaxChunk = 5000;
    private const int DefaultPaths = 10;
    private const int MaxPaths = 100;
    private const int DefaultSuggestions = 20;
    private const int MaxSuggestions = 100;

    /// <inheritdoc />
    public override async Task<GetDegreeResponse> GetDegree(
        GetDegreeRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        RequireOther(request.OtherId);
        var answer = await handler.GetDegreeAsync(
            query,
            request.OtherId,
            context.CancellationToken
        );
        return new GetDegreeResponse
        {
            Degree = (Degree)answer.Value,
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<BatchGetDegreesResponse> BatchGetDegrees(
        BatchGetDegreesRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        RequireOthers(request.OtherIds);
        var answer = await handler.GetDegreesAsync(
            query,
            request.OtherIds,
            context.CancellationToken
        );
        var response = new BatchGetDegreesResponse
        {
            Revision = RevisionToken.Write(answer.Revision),
        };
        response.Degrees.Capacity = answer.Value.Count;
        for (var at = 0; at < answer.Value.Count; at++)
        {
            response.Degrees.Add(
                new MemberDegree
                {
                    OtherId = request.OtherIds[at],
                    Degree = (Degree)answer.Value[at],
                }
            );
        }
        return response;
    }

    /// <inheritdoc />
    public override async Task<ListMutualConnectionsResponse> ListMutualConnections(
        ListMutualConnectionsRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        var validator = new RequestValidator().MemberId("other_id", request.OtherId);
        var limit = validator.PageSize(request.PageSize, DefaultPage, MaxPage);
        validator.ThrowIfInvalid();
        var scope = $"mutual/{query.Viewer}/{request.OtherId}";
        // one more than asked for tells whether there is a next page
        var answer = await handler.ListMutualAsync(
            query,
            request.OtherId,
            NetworkPositions.ReadMember(scope, request.PageToken),
            limit + 1,
            context.CancellationToken
        );
        return new ListMutualConnectionsResponse
        {
            ConnectionIds = { answer.Value.Take(limit) },
            NextPageToken =
                answer.Value.Count > limit ? PageToken.Encode(scope, answer.Value[limit - 1]) : "",
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<CountMutualConnectionsResponse> CountMutualConnections(
        CountMutualConnectionsRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        RequireOther(request.OtherId);
        var answer = await handler.CountMutualAsync(
            query,
            request.OtherId,
            context.CancellationToken
        );
        return new CountMutualConnectionsResponse
        {
            Count = answer.Value,
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<BatchCountMutualConnectionsResponse> BatchCountMutualConnections(
        BatchCountMutualConnectionsRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        RequireOthers(request.OtherIds);
        var answer = await handler.CountMutualsAsync(
            query,
            request.OtherIds,
            context.CancellationToken
        );
        var response = new BatchCountMutualConnectionsResponse
        {
            Revision = RevisionToken.Write(answer.Revision),
        };
        response.Counts.AddRange(
            request.OtherIds.Select(
                (other, at) =>
                    new MutualConnectionsCount { OtherId = other, Count = answer.Value[at] }
            )
        );
        return response;
    }

    /// <inheritdoc />
    public override async Task<ListSecondDegreeResponse> ListSecondDegree(
        ListSecondDegreeRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        var validator = new RequestValidator();
        var limit = validator.PageSize(request.PageSize, DefaultPage, MaxPage);
        if (request.MinMutualCount < 0)
        {
            validator.Add("min_mutual_count", "must not be negative");
        }
        validator.ThrowIfInvalid();
        var least = Math.Max(1, request.MinMutualCount);
        var scope = $"second-degree/{query.Viewer}/{least}";
        var answer = await handler.ListSecondDegreeAsync(
            query,
            least,
            NetworkPositions.ReadRanked(scope, request.PageToken),
            limit,
            context.CancellationToken
        );
        var page = answer.Value;
        return new ListSecondDegreeResponse
        {
            Members = { page.Members.Select(ToProto) },
            NextPageToken = page.HasMore
                ? NetworkPositions.WriteRanked(scope, answer.Revision, page.Members[^1])
                : "",
            TotalCount = page.TotalCount,
            Completeness = new Completeness { Complete = true },
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task StreamSecondDegree(
        StreamSecondDegreeRequest request,
        IServerStreamWriter<StreamSecondDegreeResponse> responseStream,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        if (request.ChunkSize is < 0 or > MaxChunk)
        {
            new RequestValidator()
                .Add(
                    "chunk_size",
                    $"must be between 0 (the default, {DefaultChunk}) and {MaxChunk}"
                )
                .ThrowIfInvalid();
        }
        var scope = $"second-degree-stream/{query.Viewer}";
        var after = NetworkPositions.ReadCursor(scope, request.Cursor);
        var answer = await handler.StreamSecondDegreeAsync(
            query,
            after,
            request.ChunkSize == 0 ? DefaultChunk : request.ChunkSize,
            context.CancellationToken
        );
        var last = after?.MemberId ?? "";
        foreach (var chunk in answer.Value)
        {
            last = chunk.Members.Count > 0 ? chunk.Members[^1].MemberId : last;
            await responseStream.WriteAsync(
                new StreamSecondDegreeResponse
                {
                    Members = { chunk.Members.Select(ToProto) },
                    Cursor = NetworkPositions.WriteCursor(scope, answer.Revision, last),
                    Complete = !chunk.HasMore,
                    Revision = RevisionToken.Write(answer.Revision),
                },
                context.CancellationToken
            );
        }
    }

    /// <inheritdoc />
    public override async Task<FindPathsResponse> FindPaths(
        FindPathsRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        var validator = new RequestValidator().MemberId("other_id", request.OtherId);
        if (request.MaxPaths is < 0 or > MaxPaths)
        {
            validator.Add(
                "max_paths",
                $"must be between 0 (the default, {DefaultPaths}) and {MaxPaths}"
            );
        }
        validator.ThrowIfInvalid();
        var answer = await handler.FindPathsAsync(
            query,
            request.OtherId,
            request.MaxPaths == 0 ? DefaultPaths : request.MaxPaths,
            context.CancellationToken
        );
        return new FindPathsResponse
        {
            Degree = (Degree)answer.Value.Degree,
            Paths = { answer.Value.Paths.Select(path => new NetworkPath { MemberIds = { path } }) },
            Complete = answer.Value.IsComplete,
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<ListSuggestionsResponse> ListSuggestions(
        ListSuggestionsRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        var validator = new RequestValidator();
        var limit = validator.PageSize(request.PageSize, DefaultSuggestions, MaxSuggestions);
        validator.ThrowIfInvalid();
        var scope = $"suggestions/{query.Viewer}/{request.IncludeReceived}";
        var answer = await suggestions.ListAsync(
            query,
            request.IncludeReceived,
            NetworkPositions.ReadSuggestion(scope, request.PageToken),
            limit,
            context.CancellationToken
        );
        return new ListSuggestionsResponse
        {
            Suggestions = { answer.Value.Members.Select(ToProto) },
            NextPageToken = answer.Value.Next is { } next
                ? NetworkPositions.WriteSuggestion(scope, next)
                : "",
            Completeness = new Completeness { Complete = true },
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<DismissSuggestionResponse> DismissSuggestion(
        DismissSuggestionRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("other_id", request.OtherId)
            .ThrowIfInvalid();
        var revision = await suggestions.DismissAsync(
            actor,
            request.OtherId,
            context.CancellationToken
        );
        return new DismissSuggestionResponse { Revision = RevisionToken.Write(revision) };
    }

    /// <inheritdoc />
    public override async Task<RestoreSuggestionResponse> RestoreSuggestion(
        RestoreSuggestionRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("other_id", request.OtherId)
            .ThrowIfInvalid();
        var revision = await suggestions.RestoreAsync(
            actor,
            request.OtherId,
            context.CancellationToken
        );
        return new RestoreSuggestionResponse { Revision = RevisionToken.Write(revision) };
    }

    /// <inheritdoc />
    public override async Task<GetNetworkStatsResponse> GetNetworkStats(
        GetNetworkStatsRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        var answer = await handler.GetStatsAsync(query, context.CancellationToken);
        return new GetNetworkStatsResponse
        {
            FirstDegreeCount = answer.Value.FirstDegree,
            SecondDegreeCount = answer.Value.SecondDegree,
            NetworkMemberCount = answer.Value.Members,
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    private static void RequireOther(string otherId)
    {
        if (!MemberId.IsValid(otherId))
        {
            new RequestValidator().MemberId("other_id", otherId).ThrowIfInvalid();
        }
    }

    private static void RequireOthers(RepeatedField<string> otherIds) =>
        new RequestValidator()
            .Batch("other_ids", otherIds.Count, MaxBatch)
            .MemberIds("other_ids", otherIds)
            .ThrowIfInvalid();

    private static V1.SecondDegreeMember ToProto(SecondDegreeEntry member) =>
        new()
        {
            MemberId = member.MemberId,
            MutualCount = member.MutualCount,
            SampleConnectorIds = { member.Connectors },
        };

    private static Suggestion ToProto(SuggestedMember member)
    {
        var suggestion = new Suggestion
        {
            MemberId = member.MemberId,
            Score = member.Score,
            Reasons = { SuggestionReason.MutualConnections },
            MutualCount = member.MutualCount,
            SampleConnectorIds = { member.Connectors },
            Status = member.HasInvited
                ? ConnectionStatus.InvitationReceived
                : ConnectionStatus.None,
        };
        if (member.IsRecent)
        {
            suggestion.Reasons.Add(SuggestionReason.RecentActivity);
        }
        return suggestion;
    }
}
