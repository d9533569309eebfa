using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>A network in which everybody knows the other through mia and leo.</summary>
public sealed class FakeNetworkService(FakeState state) : NetworkService.NetworkServiceBase
{
    public override async Task<GetDegreeResponse> GetDegree(
        GetDegreeRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new GetDegreeResponse { Degree = state.Degree };
    }

    public override async Task<BatchGetDegreesResponse> BatchGetDegrees(
        BatchGetDegreesRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new BatchGetDegreesResponse
        {
            Degrees =
            {
                request.OtherIds.Select(other => new MemberDegree
                {
                    OtherId = other,
                    Degree = state.Book.DistanceOf(request.MemberId, other) switch
                    {
                        0 => Degree.Self,
                        1 => Degree.First,
                        2 => Degree.Second,
                        3 => Degree.Third,
                        _ => Degree.OutOfNetwork,
                    },
                }),
            },
        };
    }

    public override async Task<CountMutualConnectionsResponse> CountMutualConnections(
        CountMutualConnectionsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new CountMutualConnectionsResponse { Count = 12 };
    }

    public override async Task<ListMutualConnectionsResponse> ListMutualConnections(
        ListMutualConnectionsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new ListMutualConnectionsResponse { ConnectionIds = { "leo", "mia" } };
    }

    public override async Task<FindPathsResponse> FindPaths(
        FindPathsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new FindPathsResponse
        {
            Degree = state.Degree,
            Paths =
            {
                new NetworkPath { MemberIds = { request.MemberId, "leo", request.OtherId } },
                new NetworkPath { MemberIds = { request.MemberId, "mia", request.OtherId } },
            },
        };
    }

    public override async Task<ListSuggestionsResponse> ListSuggestions(
        ListSuggestionsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new ListSuggestionsResponse
        {
            Suggestions =
            {
                new Suggestion
                {
                    MemberId = "eve",
                    Score = 1.5,
                    MutualCount = 2,
                    SampleConnectorIds = { "leo", "mia" },
                },
            },
        };
    }

    public override async Task<GetNetworkStatsResponse> GetNetworkStats(
        GetNetworkStatsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new GetNetworkStatsResponse { FirstDegreeCount = 3, SecondDegreeCount = 40 };
    }
}
