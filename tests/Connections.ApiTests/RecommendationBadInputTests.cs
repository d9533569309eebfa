using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Connections.Storage;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Paging;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Each bad input about recommendations is a clear refusal, and nothing is stored.</summary>
public sealed class RecommendationBadInputTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>,
        IAsyncLifetime
{
    private const string Ann = "ann";
    private const string Bob = "bob";

    private RecommendationsService.RecommendationsServiceClient Calls =>
        fixture.Recommendations(Ann);

    public async ValueTask InitializeAsync()
    {
        var check = await fixture
            .Connections(Ann)
            .CheckConnectionAsync(new CheckConnectionRequest { OtherId = Bob });
        if (check.Status != ConnectionStatus.Connected)
        {
            await fixture.ConnectAsync(Ann, Bob);
        }
    }

    // after every test of this class: nothing was stored
    public async ValueTask DisposeAsync() =>
        Assert.Empty(
            await fixture
                .Service.Services.GetRequiredService<IRecommendationStore>()
                .ListAllAsync(null, 1, CancellationToken.None)
        );

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("pipe|")]
    [InlineData("tilde~")]
    [InlineData("ünïcode")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task MemberIds_OutsideThePattern_AreRefused(string id)
    {
        await AssertInvalidAsync(
            "author_id",
            Calls.RequestRecommendationAsync(new RequestRecommendationRequest { AuthorId = id })
        );
        await AssertInvalidAsync(
            "recipient_id",
            Calls.WriteRecommendationAsync(
                new WriteRecommendationRequest { RecipientId = id, Text = "text" }
            )
        );
        if (id.Length > 0)
        {
            await AssertInvalidAsync(
                "recipient_id",
                Calls.ListReceivedRecommendationsAsync(
                    new ListReceivedRecommendationsRequest { RecipientId = id }
                )
            );
            await AssertInvalidAsync(
                "author_id",
                Calls.ListWrittenRecommendationsAsync(
                    new ListWrittenRecommendationsRequest { AuthorId = id }
                )
            );
        }
    }

    [Theory]
    [InlineData("   ")]
    [InlineData("\t\n")]
    [InlineData("bell\u0007")]
    [InlineData("nul\u0000")]
    public async Task Texts_Unreadable_AreRefused(string text)
    {
        await AssertInvalidAsync("text", WriteAsync(text));
        await AssertInvalidAsync("relationship", WriteAsync("text", text));
        await AssertInvalidAsync(
            "text",
            Calls.RequestRecommendationAsync(
                new RequestRecommendationRequest { AuthorId = Bob, Text = text }
            )
        );
        await AssertInvalidAsync(
            "relationship",
            Calls.RequestRecommendationAsync(
                new RequestRecommendationRequest { AuthorId = Bob, Relationship = text }
            )
        );
        await AssertInvalidAsync(
            "text",
            Calls.AskForRevisionAsync(
                new AskForRevisionRequest { RecommendationId = "bob~ann~1", Text = text }
            )
        );
        await AssertInvalidAsync(
            "text",
            Calls.ReviseRecommendationAsync(
                new ReviseRecommendationRequest { RecommendationId = "ann~bob~1", Text = text }
            )
        );
    }

    [Fact]
    public async Task Texts_EmptyOrTooLong_AreRefused()
    {
        await AssertInvalidAsync("text", WriteAsync(""));
        await AssertInvalidAsync("text", WriteAsync(Long(3001)));
        await AssertInvalidAsync("relationship", WriteAsync("text", Long(101)));
        await AssertInvalidAsync(
            "text",
            Calls.ReviseRecommendationAsync(
                new ReviseRecommendationRequest { RecommendationId = "ann~bob~1" }
            )
        );
        await AssertInvalidAsync(
            "text",
            Calls.ReviseRecommendationAsync(
                new ReviseRecommendationRequest
                {
                    RecommendationId = "ann~bob~1",
                    Text = Long(3001),
                }
            )
        );
        await AssertInvalidAsync(
            "text",
            Calls.RequestRecommendationAsync(
                new RequestRecommendationRequest { AuthorId = Bob, Text = Long(301) }
            )
        );
        await AssertInvalidAsync(
            "text",
            Calls.AskForRevisionAsync(
                new AskForRevisionRequest { RecommendationId = "bob~ann~1", Text = Long(301) }
            )
        );

        // counted in characters as people count them, not in the halves of UTF-16
        static string Long(int length) => string.Concat(Enumerable.Repeat("🎉", length));
    }

    [Fact]
    public async Task OneselfAndStrangersIds_AreRefused()
    {
        foreach (
            var refusal in new[]
            {
                await Refusal.OfAsync(
                    Calls.WriteRecommendationAsync(
                        new WriteRecommendationRequest { RecipientId = Ann, Text = "I am great" }
                    )
                ),
                await Refusal.OfAsync(
                    Calls.RequestRecommendationAsync(
                        new RequestRecommendationRequest { AuthorId = Ann }
                    )
                ),
            }
        )
        {
            Assert.Equal(ErrorReason.SelfRecommendation, refusal.Reason);
            Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        }
        Assert.Equal(
            ErrorReason.ActingForAnother,
            (
                await Refusal.OfAsync(
                    Calls.WriteRecommendationAsync(
                        new WriteRecommendationRequest
                        {
                            MemberId = Bob,
                            RecipientId = Ann,
                            Text = "I am great",
                        }
                    )
                )
            ).Reason
        );
        Assert.Equal(
            ErrorReason.MemberIdRequired,
            (
                await Refusal.OfAsync(
                    new RecommendationsService.RecommendationsServiceClient(
                        fixture.Service.AsService()
                    ).ListReceivedRecommendationsAsync(new ListReceivedRecommendationsRequest())
                )
            ).Reason
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("ann~bob")]
    [InlineData("ann~bob~0")]
    [InlineData("ann~ann~1")]
    [InlineData("ann~bob~1~1")]
    public async Task RecommendationIds_NeverGiven_AreRefused(string id)
    {
        await AssertInvalidAsync(
            "recommendation_id",
            Calls.GetRecommendationAsync(new GetRecommendationRequest { RecommendationId = id })
        );
        await AssertInvalidAsync(
            "recommendation_id",
            Calls.AcceptRecommendationAsync(
                new AcceptRecommendationRequest { RecommendationId = id }
            )
        );
        await AssertInvalidAsync(
            "recommendation_id",
            Calls.WithdrawRecommendationAsync(
                new WithdrawRecommendationRequest { RecommendationId = id }
            )
        );
    }

    [Fact]
    public async Task RecommendationIds_OfNothing_AreNotFound() =>
        Assert.Equal(
            ErrorReason.RecommendationNotFound,
            (
                await Refusal.OfAsync(
                    Calls.HideRecommendationAsync(
                        new HideRecommendationRequest { RecommendationId = "bob~ann~1" }
                    )
                )
            ).Reason
        );

    [Theory]
    [InlineData(-1)]
    [InlineData(201)]
    [InlineData(int.MaxValue)]
    public async Task PageSizes_NegativeOrHuge_AreRefused(int size)
    {
        await AssertInvalidAsync(
            "page_size",
            Calls.ListReceivedRecommendationsAsync(
                new ListReceivedRecommendationsRequest { PageSize = size }
            )
        );
        await AssertInvalidAsync(
            "page_size",
            Calls.ListWrittenRecommendationsAsync(
                new ListWrittenRecommendationsRequest { PageSize = size }
            )
        );
    }

    [Fact]
    public async Task PageTokens_OfAnotherListOrSenseless_AreRefused()
    {
        var tokens = new[]
        {
            "nonsense!",
            "AAAA",
            PageToken.Encode("recommendations/Recipient/ann/bob/Unspecified", "1|eve"),
            PageToken.Encode("recommendations/Recipient/ann/ann/Accepted", "1|eve"),
            PageToken.Encode("recommendations/Recipient/bob/ann/Unspecified", "1|eve"),
            PageToken.Encode("recommendations/Author/ann/ann/Unspecified", "1|eve"),
            PageToken.Encode("recommendations/Recipient/ann/ann/Unspecified", "x|eve"),
            PageToken.Encode("recommendations/Recipient/ann/ann/Unspecified", "1|a b"),
        };
        foreach (var token in tokens)
        {
            Assert.Equal(
                ErrorReason.InvalidPageToken,
                (
                    await Refusal.OfAsync(
                        Calls.ListReceivedRecommendationsAsync(
                            new ListReceivedRecommendationsRequest { PageToken = token }
                        )
                    )
                ).Reason
            );
        }
    }

    [Fact]
    public async Task RequestIdsEnumsAndTimes_Malformed_AreRefused()
    {
        await AssertInvalidAsync(
            "request_id",
            Calls.WriteRecommendationAsync(
                new WriteRecommendationRequest
                {
                    RecipientId = Bob,
                    Text = "text",
                    RequestId = "a b",
                }
            )
        );
        await AssertInvalidAsync(
            "request_id",
            Calls.ShowRecommendationAsync(
                new ShowRecommendationRequest
                {
                    RecommendationId = "bob~ann~1",
                    RequestId = new string('x', 65),
                }
            )
        );
        await AssertInvalidAsync(
            "state",
            Calls.ListWrittenRecommendationsAsync(
                new ListWrittenRecommendationsRequest { State = (RecommendationState)99 }
            )
        );
        await AssertInvalidAsync(
            "seen_update_time",
            Calls.AcceptRecommendationAsync(
                new AcceptRecommendationRequest
                {
                    RecommendationId = "bob~ann~1",
                    SeenUpdateTime = new Timestamp { Seconds = long.MaxValue },
                }
            )
        );
    }

    private AsyncUnaryCall<WriteRecommendationResponse> WriteAsync(
        string text,
        string relationship = ""
    ) =>
        Calls.WriteRecommendationAsync(
            new WriteRecommendationRequest
            {
                RecipientId = Bob,
                Text = text,
                Relationship = relationship,
            }
        );

    private static async Task AssertInvalidAsync<T>(string field, AsyncUnaryCall<T> call)
    {
        var refusal = await Refusal.OfAsync(call);
        Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Equal([field], refusal.Fields);
    }
}
