using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Follows.V1;
using Platform.Relationships.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;
using Degree = Platform.Relationships.V1.Degree;
using InvitationState = Platform.Relationships.V1.InvitationState;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>
/// Relationships composed of what services say, that are away, late or refuse at times. Each test has a gateway of its own, because
/// services are stopped. tests/EndToEnd runs the same on the services themselves.
/// </summary>
public sealed class RelationshipsTests : IAsyncLifetime
{
    private const string StandingsPath =
        "/platform.connections.v1.ConnectionsService/BatchGetStandingColumns";
    private const string ChecksPath = "/platform.follows.v1.FollowsService/BatchCheckFollowColumns";

    private readonly GatewayFixture _gateway = new()
    {
        // only the caller's own deadline ends what is late
        Settings = [new("Gateway:RelationshipTimeout", "00:01:00")],
    };

    private FakeService Connections => _gateway.Services["connections"];
    private FakeService Follows => _gateway.Services["follows"];

    private RelationshipsService.RelationshipsServiceClient Member => new(_gateway.Member());

    public async ValueTask InitializeAsync()
    {
        await _gateway.InitializeAsync();
        Connections.Answers[StandingsPath] = bytes =>
            AnswerOf(BatchGetStandingColumnsRequest.Parser.ParseFrom(bytes));
        Follows.Answers[ChecksPath] = bytes =>
        {
            var request = BatchCheckFollowColumnsRequest.Parser.ParseFrom(bytes);
            return new BatchCheckFollowColumnsResponse
            {
                FollowingIndexes = { request.OtherIds.Select((_, index) => (uint)index) },
                FollowRefusals =
                {
                    request.OtherIds.Where(_ => request.IncludeCanFollow).Select(_ => 0u),
                },
            };
        };
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task BatchGet_EverythingAnswers_ComposesInTheOrderOfTheRequest()
    {
        var answer = await GetAsync("friend", "stranger", "not an id", "friend", "ada");

        Assert.Equal(
            ["friend", "stranger", "not an id", "friend", "ada"],
            answer.Results.Select(result => result.TargetId)
        );
        Assert.True(answer.Completeness.Complete);
        var friend = answer.Results[0].Relationship;
        Assert.Equal(Degree.First, friend.Degree);
        Assert.Equal(7, friend.MutualConnectionCount);
        Assert.Equal(Answer.Yes, friend.Follows);
        Assert.Equal(Answer.No, friend.FollowedBy);
        Assert.Equal(CapabilityState.Allowed, friend.CanMessage.State);
        Assert.Equal("NOT_INVITABLE", friend.CanInvite.Reason);
        Assert.Equal(friend, answer.Results[3].Relationship);
        var stranger = answer.Results[1].Relationship;
        Assert.Equal(Degree.Second, stranger.Degree);
        Assert.Equal("NOT_FIRST_DEGREE", stranger.CanMessage.Reason);
        Assert.Equal((int)StatusCode.InvalidArgument, answer.Results[2].Error.Code);
        Assert.Equal(Degree.Self, answer.Results[4].Relationship.Degree);
    }

    [Fact]
    public async Task BatchGet_Services_AreAskedWithTheCallersOwnToken()
    {
        var token = _gateway.Identity.Token("ada");

        await new RelationshipsService.RelationshipsServiceClient(
            _gateway.Grpc(token)
        ).BatchGetAsync(new BatchGetRequest { TargetIds = { "friend" } });

        Assert.Equal($"Bearer {token}", Connections.Authorizations[StandingsPath]);
        Assert.Equal($"Bearer {token}", Follows.Authorizations[ChecksPath]);
    }

    [Fact]
    public async Task BatchGet_FewerParts_AsksOnlyWhatTheyNeed()
    {
        BatchGetStandingColumnsRequest? asked = null;
        Connections.Answers[StandingsPath] = bytes =>
            AnswerOf(asked = BatchGetStandingColumnsRequest.Parser.ParseFrom(bytes));

        var answer = await Member.BatchGetAsync(
            new BatchGetRequest
            {
                TargetIds = { "friend" },
                Parts = { RelationshipPart.MutualConnections },
            }
        );

        var relationship = answer.Results.Single().Relationship;
        Assert.Equal(7, relationship.MutualConnectionCount);
        Assert.Equal(Degree.Unspecified, relationship.Degree);
        Assert.Null(relationship.Invitation);
        Assert.Equal(Answer.Unspecified, relationship.Follows);
        Assert.Null(relationship.CanFollow);
        Assert.Equal([StandingsPath], Connections.Authorizations.Keys);
        Assert.Equal(
            new BatchGetStandingColumnsRequest
            {
                MemberId = "ada",
                OtherIds = { "friend" },
                IncludeMutualCounts = true,
            },
            asked
        );
        Assert.Empty(Follows.Authorizations);
    }

    [Fact]
    public async Task BatchGet_FollowsDown_IsUnknownThereAndSaysSo()
    {
        await Follows.DisposeAsync();

        var answer = await GetAsync("friend");

        var friend = answer.Results.Single().Relationship;
        Assert.Equal(Answer.Unknown, friend.Follows);
        Assert.Equal(Answer.Unknown, friend.FollowedBy);
        Assert.Equal(Answer.Unknown, friend.Mutes);
        Assert.Equal(CapabilityState.Unknown, friend.CanFollow.State);
        Assert.Equal("DEPENDENCY_UNAVAILABLE", friend.CanFollow.Reason);
        Assert.Equal(CapabilityState.Allowed, friend.CanMessage.State);
        Assert.False(answer.Completeness.Complete);
        Assert.Equal(
            [new Gap { Source = "follows", Reason = "DEPENDENCY_UNAVAILABLE" }],
            answer.Completeness.Gaps
        );
    }

    [Fact]
    public async Task BatchGet_ConnectionsDown_NothingThatItKnowsIsGuessed()
    {
        await Connections.DisposeAsync();

        var answer = await GetAsync("friend", "ada");

        var friend = answer.Results[0].Relationship;
        Assert.Equal(Degree.Unknown, friend.Degree);
        Assert.False(friend.HasMutualConnectionCount);
        Assert.Equal(InvitationState.Unknown, friend.Invitation.State);
        Assert.Equal(Answer.Unknown, friend.Blocks);
        Assert.All(
            [friend.CanInvite, friend.CanMessage, friend.CanRecommend],
            capability => Assert.Equal(CapabilityState.Unknown, capability.State)
        );
        Assert.Equal(CapabilityState.Allowed, friend.CanFollow.State);
        Assert.Equal(Degree.Self, answer.Results[1].Relationship.Degree);
        Assert.Equal(
            ["connections", "network"],
            answer.Completeness.Gaps.Select(gap => gap.Source)
        );
    }

    [Fact]
    public async Task BatchGet_OnlyTheNetworkCannotAnswer_TheRestIsThere()
    {
        Connections.Answers[StandingsPath] = bytes =>
        {
            var answer = AnswerOf(BatchGetStandingColumnsRequest.Parser.ParseFrom(bytes));
            answer.Network = null;
            answer.NetworkFailure = "NETWORK_NOT_READY";
            return answer;
        };

        var answer = await GetAsync("friend", "stranger");

        var (friend, stranger) = (answer.Results[0].Relationship, answer.Results[1].Relationship);
        // the check says it, which is strong
        Assert.Equal(Degree.First, friend.Degree);
        Assert.Equal(Degree.Unknown, stranger.Degree);
        Assert.False(friend.HasMutualConnectionCount);
        Assert.Equal(InvitationState.None, stranger.Invitation.State);
        Assert.Equal(CapabilityState.Allowed, friend.CanRecommend.State);
        Assert.Equal(
            [new Gap { Source = "network", Reason = "NETWORK_NOT_READY" }],
            answer.Completeness.Gaps
        );
    }

    [Theory]
    [InlineData("connections")]
    [InlineData("network")]
    [InlineData("follows")]
    public async Task BatchGet_AnAnswerIsNotAboutAll_IsUnknownThere(string source)
    {
        Connections.Answers[StandingsPath] = bytes =>
        {
            var answer = AnswerOf(BatchGetStandingColumnsRequest.Parser.ParseFrom(bytes));
            if (source == "connections")
            {
                answer.Standings.InviteRefusals.RemoveAt(0);
            }
            else if (source == "network")
            {
                answer.Network.MutualCounts.RemoveAt(0);
            }
            return answer;
        };
        if (source == "follows")
        {
            Follows.Answers[ChecksPath] = _ => new BatchCheckFollowColumnsResponse();
        }

        var answer = await GetAsync("friend", "stranger");

        Assert.Equal(
            [new Gap { Source = source, Reason = "DEPENDENCY_UNAVAILABLE" }],
            answer.Completeness.Gaps
        );
        var stranger = answer.Results[1].Relationship;
        Assert.Equal(source == "connections", stranger.Blocks == Answer.Unknown);
        Assert.Equal(source == "network", stranger.Degree == Degree.Unknown);
        Assert.Equal(source == "follows", stranger.Follows == Answer.Unknown);
    }

    [Fact]
    public async Task BatchGet_WhatFewHave_IsTheirs()
    {
        var (sent, end) = (
            new Timestamp { Seconds = 1_800_000_000 },
            new Timestamp { Seconds = 1_900_000_000 }
        );
        Connections.Answers[StandingsPath] = bytes =>
        {
            var answer = AnswerOf(BatchGetStandingColumnsRequest.Parser.ParseFrom(bytes));
            var standings = answer.Standings;
            standings.Statuses[0] = ConnectionStatus.InvitationSent;
            standings.Invitations.Add(
                new IndexedInvitation
                {
                    Index = 0,
                    InvitationId = "i-1",
                    SentTime = sent,
                }
            );
            standings.CoolDownEnds.Add(new IndexedTime { Time = end, Indexes = { 1, 2 } });
            standings.BlockedIndexes.Add(3);
            // a reason of a service that is newer than the gateway
            standings.Reasons.Add("NOT_ON_SUNDAYS");
            standings.InviteRefusals[2] = 2;
            standings.InviteRefusalEnds.Add(new IndexedTime { Time = end, Indexes = { 2 } });
            return answer;
        };
        Follows.Answers[ChecksPath] = _ => new BatchCheckFollowColumnsResponse
        {
            FollowingIndexes = { 0 },
            FollowerIndexes = { 1 },
            MutedIndexes = { 2 },
            FollowRefusals = { 0, 1, 0, 0 },
            Reasons = { "NOT_FOLLOWABLE" },
        };

        var answer = await GetAsync("a", "b", "c", "d");

        var all = answer.Results.Select(result => result.Relationship).ToList();
        Assert.Equal(
            new InvitationStatus
            {
                State = InvitationState.Sent,
                InvitationId = "i-1",
                SentTime = sent,
            },
            all[0].Invitation
        );
        var coolDown = new InvitationStatus
        {
            State = InvitationState.CoolDown,
            CoolDownEndTime = end,
        };
        Assert.Equal([coolDown, coolDown], all[1..3].Select(one => one.Invitation));
        Assert.Equal(
            ["NOT_INVITABLE", "NOT_INVITABLE", "NOT_ON_SUNDAYS", "NOT_INVITABLE"],
            all.Select(one => one.CanInvite.Reason)
        );
        Assert.Equal([null, null, end, null], all.Select(one => one.CanInvite.RefusedUntilTime));
        Assert.Equal([Answer.No, Answer.No, Answer.No, Answer.Yes], all.Select(one => one.Blocks));
        Assert.Equal([Answer.Yes, Answer.No, Answer.No, Answer.No], all.Select(one => one.Follows));
        Assert.Equal(
            [Answer.No, Answer.Yes, Answer.No, Answer.No],
            all.Select(one => one.FollowedBy)
        );
        Assert.Equal([Answer.No, Answer.No, Answer.Yes, Answer.No], all.Select(one => one.Mutes));
        Assert.Equal(["", "NOT_FOLLOWABLE", "", ""], all.Select(one => one.CanFollow.Reason));
    }

    [Fact]
    public async Task BatchGet_AServiceThatIsLate_IsUnknownBeforeTheCallersDeadline()
    {
        // the first call of a process is slow by itself
        await Member.BatchGetAsync(new BatchGetRequest { TargetIds = { "friend" } });
        Follows.Silent[ChecksPath] = true;

        var answer = await Member.BatchGetAsync(
            new BatchGetRequest { TargetIds = { "friend" } },
            deadline: DateTime.UtcNow.AddSeconds(5) // the client library reads the real clock
        );

        Assert.Equal(Answer.Unknown, answer.Results.Single().Relationship.Follows);
        Assert.Equal("follows", answer.Completeness.Gaps.Single().Source);
    }

    [Fact]
    public async Task BatchGet_EverythingDown_IsUnavailable()
    {
        await Connections.DisposeAsync();
        await Follows.DisposeAsync();

        var refusal = await Refusal.OfAsync(async () => await GetAsync("friend"));

        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
    }

    [Fact]
    public async Task BatchGet_Bounds_AreHeld()
    {
        var many = Enumerable.Range(0, 1000).Select(index => $"m{index}").ToList();

        Assert.Equal(1000, (await GetAsync([.. many])).Results.Count);
        var tooMany = await Refusal.OfAsync(async () => await GetAsync([.. many, "m1000"]));
        var none = await Refusal.OfAsync(async () => await GetAsync());
        var noPart = await Refusal.OfAsync(async () =>
            await Member.BatchGetAsync(
                new BatchGetRequest { TargetIds = { "a" }, Parts = { (RelationshipPart)99 } }
            )
        );
        Assert.Equal(ErrorReason.BatchTooLarge, tooMany.Reason);
        Assert.Equal(ErrorReason.InvalidRequest, none.Reason);
        Assert.Equal(["parts[0]"], noPart.Fields);
    }

    [Fact]
    public async Task BatchGet_ForAnother_IsForServicesOnly()
    {
        var request = new BatchGetRequest { MemberId = "grace", TargetIds = { "friend" } };
        var service = new RelationshipsService.RelationshipsServiceClient(
            _gateway.Grpc(_gateway.Identity.Token("crm", CallerRole.Service))
        );

        var refusal = await Refusal.OfAsync(async () => await Member.BatchGetAsync(request));

        Assert.Equal(ErrorReason.ActingForAnother, refusal.Reason);
        Assert.Single((await service.BatchGetAsync(request)).Results);
    }

    [Fact]
    public async Task Rest_BatchGetAndDescribe_AnswerJson()
    {
        using var batch = await _gateway.RestAsync(
            HttpMethod.Post,
            "/v1/relationships:batchGet",
            new StringContent(
                """{"targetIds":["friend"],"parts":["RELATIONSHIP_PART_DEGREE"]}""",
                null,
                "application/json"
            )
        );
        using var describe = await _gateway.RestAsync(HttpMethod.Get, "/v1/relationships:describe");

        Assert.Equal(HttpStatusCode.OK, batch.StatusCode);
        Assert.Equal(
            Degree.Second,
            JsonParser
                .Default.Parse<BatchGetResponse>(await batch.Content.ReadAsStringAsync())
                .Results.Single()
                .Relationship.Degree
        );
        var relations = JsonParser
            .Default.Parse<DescribeRelationsResponse>(await describe.Content.ReadAsStringAsync())
            .Relations;
        Assert.Equal(
            [Relation.Connection, Relation.Follow],
            relations.Select(relation => relation.Relation)
        );
        Assert.All(relations, relation => Assert.NotEmpty(relation.Summary));
    }

    /// <summary>A friend who is connected, and others who are not; what was not asked for is not there.</summary>
    private static BatchGetStandingColumnsResponse AnswerOf(BatchGetStandingColumnsRequest request)
    {
        var answer = new BatchGetStandingColumnsResponse();
        if (request.IncludeStandings)
        {
            answer.Standings = new StandingColumns { Reasons = { "NOT_INVITABLE" } };
            foreach (var id in request.OtherIds)
            {
                answer.Standings.Statuses.Add(
                    id == "friend" ? ConnectionStatus.Connected : ConnectionStatus.None
                );
                answer.Standings.InviteRefusals.Add(1);
                answer.Standings.RecommendRefusals.Add(0);
            }
        }
        if (request.IncludeDegrees || request.IncludeMutualCounts)
        {
            answer.Network = new NetworkColumns
            {
                Degrees =
                {
                    request
                        .OtherIds.Where(_ => request.IncludeDegrees)
                        .Select(_ => Platform.Connections.V1.Degree.Second),
                },
                MutualCounts =
                {
                    request.OtherIds.Where(_ => request.IncludeMutualCounts).Select(_ => 7u),
                },
            };
        }
        return answer;
    }

    private async Task<BatchGetResponse> GetAsync(params string[] targets) =>
        await Member.BatchGetAsync(new BatchGetRequest { TargetIds = { targets } });
}
