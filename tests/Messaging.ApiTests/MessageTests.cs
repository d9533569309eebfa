using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.Messaging.ApiTests;

public class MessageTests(MessagingFixture fixture) : IClassFixture<MessagingFixture>
{
    private readonly string _ann = ConversationTests.NewMember("ann");
    private readonly string _bob = ConversationTests.NewMember("bob");

    /// <summary>How many each of two sends, where both send at once.</summary>
    protected virtual int SentByEach => 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendMessage_Connected_ArrivesAsItWasSent()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        const string Text = "Grüße \U0001F44B\n\tline two";

        var sent = await fixture
            .As(_ann)
            .SendMessageAsync(
                new SendMessageRequest
                {
                    ConversationId = pair,
                    Text = Text,
                    Links =
                    {
                        new Link { Url = "https://example.org/a", Title = "A" },
                    },
                },
                cancellationToken: Token
            );
        var got = await fixture
            .As(_bob)
            .GetMessageAsync(
                new GetMessageRequest
                {
                    ConversationId = pair,
                    Number = 1,
                    Consistency = new Consistency { AtLeastRevision = sent.Revision },
                },
                cancellationToken: Token
            );

        Assert.Equal(sent.Message, got.Message);
        Assert.Equal((1, Text, _ann), (got.Message.Number, got.Message.Text, got.Message.SenderId));
        Assert.Equal("https://example.org/a", got.Message.Links[0].Url);
    }

    [Fact]
    public async Task SendMessage_AfterADisconnect_IsRefusedStoresNothingAndHistoryStays()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "while connected");
        fixture.Connections.Disconnect(_ann, _bob);

        var refusal = await Refusal.OfAsync(() => fixture.SendAsync(pair, _ann, "too late"));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
        Assert.Equal(["while connected"], await fixture.TextsAsync(pair, _ann));
        Assert.Equal(["while connected"], await fixture.TextsAsync(pair, _bob));
        fixture.Connections.Connect(_ann, _bob);
        // the refused one took no number
        Assert.Equal(2, (await fixture.SendAsync(pair, _bob, "again")).Number);
    }

    [Fact]
    public async Task SendMessage_RepeatedRequest_IsStoredOnceEvenAfterADisconnect()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var first = await fixture.SendAsync(pair, _ann, "once", "r1");
        fixture.Connections.Disconnect(_ann, _bob);

        var again = await fixture.SendAsync(pair, _ann, "once", "r1");
        // said otherwise, it is the same content: a service for the member
        var byService = await fixture
            .With(fixture.Messaging.AsService())
            .SendMessageAsync(
                new SendMessageRequest
                {
                    MemberId = _ann,
                    ConversationId = pair,
                    Text = "once",
                    RequestId = "r1",
                },
                cancellationToken: Token
            );
        var other = await Refusal.OfAsync(() =>
            fixture.SendAsync(pair, _ann, "other content", "r1")
        );

        Assert.Equal(first, again);
        Assert.Equal(first, byService.Message);
        Assert.Equal(
            (ErrorReason.RequestIdReused, StatusCode.InvalidArgument),
            (other.Reason, other.Code)
        );
        Assert.Equal(["once"], await fixture.TextsAsync(pair, _bob));
    }

    [Fact]
    public async Task SendMessage_BothAtOnceByTheThousand_NumbersWithoutGapsEachOnce()
    {
        // a repetition comes while the first one may still be under way
        const int RepeatedEvery = 10;
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var answered = new ConcurrentBag<(long Number, string SenderId, string Text)>();

        await Task.WhenAll(SendAllAsync(_ann), SendAllAsync(_bob));
        var read = new List<Message>();
        var request = new ListMessagesRequest
        {
            ConversationId = pair,
            Order = MessageOrder.OldestFirst,
            PageSize = 100,
        };
        do
        {
            var page = await fixture.As(_bob).ListMessagesAsync(request, cancellationToken: Token);
            read.AddRange(page.Messages);
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);

        Assert.Equal(
            Enumerable.Range(1, 2 * SentByEach).Select(number => (long)number),
            read.Select(message => message.Number)
        );
        Assert.Equal(2 * SentByEach, read.Select(message => message.Text).Distinct().Count());
        Assert.Equal(2 * (SentByEach + (SentByEach / RepeatedEvery)), answered.Count);
        Assert.Equal(
            read.Select(message => (message.Number, message.SenderId, message.Text)),
            answered.Distinct().Order()
        );

        Task SendAllAsync(string sender)
        {
            // no limit holds it up
            var client = fixture.With(fixture.Messaging.As(sender, tier: "bulk"));
            return Parallel.ForAsync(
                0,
                SentByEach,
                new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token },
                async (index, cancel) =>
                {
                    var message = new SendMessageRequest
                    {
                        ConversationId = pair,
                        Text = $"text {index} of {sender}",
                        RequestId = $"r{index}",
                    };
                    var answers = await Task.WhenAll(
                        Enumerable
                            .Range(0, index % RepeatedEvery == 0 ? 2 : 1)
                            .Select(_ =>
                                client
                                    .SendMessageAsync(message, cancellationToken: cancel)
                                    .ResponseAsync
                            )
                    );
                    foreach (var answer in answers)
                    {
                        answered.Add(
                            (answer.Message.Number, answer.Message.SenderId, answer.Message.Text)
                        );
                    }
                }
            );
        }
    }

    [Fact]
    public async Task SendMessage_ServiceStartedAgain_KeepsWhatItAcknowledged()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var sent = await fixture.SendAsync(pair, _ann, "kept", "r1");
        await fixture.RestartMessagingAsync();

        Assert.Equal(["kept"], await fixture.TextsAsync(pair, _bob));
        Assert.Equal(sent, await fixture.SendAsync(pair, _ann, "kept", "r1"));
        Assert.Equal(2, (await fixture.SendAsync(pair, _ann, "next")).Number);
    }

    [Theory]
    [InlineData(MessageOrder.Unspecified, 5, 4, 3, 2, 1)]
    [InlineData(MessageOrder.NewestFirst, 5, 4, 3, 2, 1)]
    [InlineData(MessageOrder.OldestFirst, 1, 2, 3, 4, 5)]
    public async Task ListMessages_PageByPage_BothWays(MessageOrder order, params int[] expected)
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        for (var index = 0; index < 5; index++)
        {
            await fixture.SendAsync(pair, _ann, "text");
        }
        var request = new ListMessagesRequest
        {
            ConversationId = pair,
            Order = order,
            PageSize = 2,
        };
        var numbers = new List<int>();
        do
        {
            var page = await fixture.As(_bob).ListMessagesAsync(request, cancellationToken: Token);
            numbers.AddRange(page.Messages.Select(message => (int)message.Number));
            Assert.Equal(5, page.LastNumber);
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);

        Assert.Equal(expected, numbers);
    }

    [Fact]
    public async Task ListMessages_LongestTexts_StaysBelowTheLimitOfAnAnswer()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var longest = string.Concat(Enumerable.Repeat("\U0001F44B", 8000));
        for (var index = 0; index < 40; index++)
        {
            await fixture.SendAsync(pair, _ann, longest);
        }

        var page = await fixture
            .As(_bob)
            .ListMessagesAsync(
                new ListMessagesRequest { ConversationId = pair, PageSize = 100 },
                cancellationToken: Token
            );

        Assert.InRange(page.Messages.Count, 1, 39);
        Assert.NotEmpty(page.NextPageToken);
    }

    [Fact]
    public async Task ListMessages_TokenOfAnotherListOrCaller_IsRefused()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "1");
        await fixture.SendAsync(pair, _ann, "2");
        var request = new ListMessagesRequest { ConversationId = pair, PageSize = 1 };
        request.PageToken = (
            await fixture.As(_ann).ListMessagesAsync(request, cancellationToken: Token)
        ).NextPageToken;
        var otherWay = request.Clone();
        otherWay.Order = MessageOrder.OldestFirst;
        var junk = request.Clone();
        junk.PageToken = "junk!";

        foreach (
            var call in new Func<Task>[]
            {
                () => fixture.As(_bob).ListMessagesAsync(request).ResponseAsync,
                () => fixture.As(_ann).ListMessagesAsync(otherWay).ResponseAsync,
                () => fixture.As(_ann).ListMessagesAsync(junk).ResponseAsync,
                () =>
                    fixture
                        .As(_ann)
                        .ListConversationsAsync(new() { PageToken = request.PageToken })
                        .ResponseAsync,
            }
        )
        {
            Assert.Equal(ErrorReason.InvalidPageToken, (await Refusal.OfAsync(call)).Reason);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n\u2003")]
    [InlineData("a\u0000b")]
    [InlineData("bell\u0007")]
    public async Task SendMessage_BadText_IsInvalidAndStoresNothing(string text)
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);

        var refusal = await Refusal.OfAsync(() => fixture.SendAsync(pair, _ann, text));

        Assert.Equal(
            (ErrorReason.InvalidRequest, StatusCode.InvalidArgument),
            (refusal.Reason, refusal.Code)
        );
        Assert.Equal(["text"], refusal.Fields);
        Assert.Empty(await fixture.TextsAsync(pair, _ann));
    }

    [Fact]
    public async Task SendMessage_TextOfEightThousandCodePoints_IsTheLongest()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var longest = string.Concat(Enumerable.Repeat("\U0001F44B", 8000));

        await fixture.SendAsync(pair, _ann, longest);
        var refusal = await Refusal.OfAsync(() => fixture.SendAsync(pair, _ann, longest + "!"));

        Assert.Equal(["text"], refusal.Fields);
        Assert.Equal([longest], await fixture.TextsAsync(pair, _bob));
    }

    [Fact]
    public async Task SendMessage_MalformedUtf8_IsRefusedAndStoresNothing()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        byte[] bytes =
        [
            .. new SendMessageRequest { ConversationId = pair }.ToByteArray(),
            // field 3, two bytes that are no UTF-8
            0x1a,
            0x02,
            0xc3,
            0x28,
        ];
        var raw = new Method<byte[], byte[]>(
            MethodType.Unary,
            "platform.messaging.v1.MessagingService",
            "SendMessage",
            Marshallers.Create(value => value, value => value),
            Marshallers.Create(value => value, value => value)
        );

        var refusal = await Refusal.OfAsync(
            fixture.Messaging.As(_ann).AsyncUnaryCall(raw, null, default, bytes)
        );

        Assert.Equal(
            (StatusCode.InvalidArgument, ErrorReason.InvalidRequest),
            (refusal.Code, refusal.Reason)
        );

        Assert.Empty(await fixture.TextsAsync(pair, _ann));
    }

    [Fact]
    public async Task Requests_WithWrongFields_NameThem()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var ann = fixture.As(_ann);
        (string Field, Func<Task> Call)[] cases =
        [
            ("conversation_id", () => ann.GetConversationAsync(new()).ResponseAsync),
            (
                "conversation_id",
                () => ann.GetConversationAsync(new() { ConversationId = "a b" }).ResponseAsync
            ),
            ("conversation_id", () => ann.SendMessageAsync(new() { Text = "x" }).ResponseAsync),
            (
                "request_id",
                () =>
                    ann.SendMessageAsync(
                        new()
                        {
                            ConversationId = pair,
                            Text = "x",
                            RequestId = "no spaces",
                        }
                    ).ResponseAsync
            ),
            .. new[]
            {
                "http://example.org",
                "/relative",
                "javascript:alert(1)",
                " https://example.org",
                "https://example.org/\n",
                "https://example.org/a b",
                "https://example.org/\u0001",
                "https://bank.example@evil.example/",
                $"https://example.org/{new string('x', 2048)}",
            }.Select(url => WithLinks("links[0].url", new Link { Url = url })),
            WithLinks(
                "links[0].title",
                new Link { Url = "https://example.org", Title = new string('x', 201) }
            ),
            WithLinks(
                "links",
                [
                    .. Enumerable
                        .Range(0, 11)
                        .Select(index => new Link { Url = $"https://example.org/{index}" }),
                ]
            ),
            (
                "page_size",
                () =>
                    ann.ListMessagesAsync(
                        new() { ConversationId = pair, PageSize = -1 }
                    ).ResponseAsync
            ),
            (
                "page_size",
                () =>
                    ann.ListMessagesAsync(
                        new() { ConversationId = pair, PageSize = 101 }
                    ).ResponseAsync
            ),
            (
                "page_size",
                () => ann.ListConversationsAsync(new() { PageSize = int.MaxValue }).ResponseAsync
            ),
            (
                "start_number",
                () =>
                    ann.ListMessagesAsync(
                        new() { ConversationId = pair, StartNumber = -1 }
                    ).ResponseAsync
            ),
            (
                "order",
                () =>
                    ann.ListMessagesAsync(
                        new() { ConversationId = pair, Order = (MessageOrder)9 }
                    ).ResponseAsync
            ),
            ("number", () => ann.GetMessageAsync(new() { ConversationId = pair }).ResponseAsync),
            (
                "number",
                () => ann.MarkReadAsync(new() { ConversationId = pair, Number = -5 }).ResponseAsync
            ),
            ("other_member_ids", () => ann.StartConversationAsync(new()).ResponseAsync),
            (
                "other_member_ids[0]",
                () =>
                    ann.StartConversationAsync(
                        new() { OtherMemberIds = { "no such/id" } }
                    ).ResponseAsync
            ),
            (
                "name",
                () =>
                    ann.StartConversationAsync(
                        new() { OtherMemberIds = { _bob }, Name = "of two" }
                    ).ResponseAsync
            ),
        ];

        foreach (var (field, call) in cases)
        {
            var refusal = await Refusal.OfAsync(call);
            Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
            Assert.Equal([field], refusal.Fields);
        }
        Assert.Empty(await fixture.TextsAsync(pair, _ann));

        (string, Func<Task>) WithLinks(string field, params Link[] links) =>
            (
                field,
                () =>
                    ann.SendMessageAsync(
                        new()
                        {
                            ConversationId = pair,
                            Text = "x",
                            Links = { links },
                        }
                    ).ResponseAsync
            );
    }

    [Fact]
    public async Task GetMessage_NumberNotGivenOut_IsNotFound()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "one");

        foreach (var number in new[] { 2L, long.MaxValue })
        {
            var refusal = await Refusal.OfAsync(
                fixture
                    .As(_ann)
                    .GetMessageAsync(
                        new GetMessageRequest { ConversationId = pair, Number = number },
                        cancellationToken: Token
                    )
            );
            Assert.Equal(ErrorReason.MessageNotFound, refusal.Reason);
        }
    }

    [Fact]
    public async Task Reads_RevisionOfAnotherService_IsRefused()
    {
        var refusal = await Refusal.OfAsync(
            fixture
                .As(_ann)
                .ListConversationsAsync(
                    new ListConversationsRequest
                    {
                        Consistency = new Consistency { AtLeastRevision = "c17" },
                    },
                    cancellationToken: Token
                )
        );

        Assert.Equal(ErrorReason.InvalidRevision, refusal.Reason);
    }

    [Fact]
    public async Task Calls_WithoutOrWithTheWrongIdentity_AreRefused()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var asBob = new SendMessageRequest
        {
            MemberId = _bob,
            ConversationId = pair,
            Text = "not me",
        };
        var asNobody = new SendMessageRequest { ConversationId = pair, Text = "who?" };
        (ErrorReason Reason, CallInvoker Invoker, SendMessageRequest Request)[] cases =
        [
            (ErrorReason.ActingForAnother, fixture.Messaging.As(_ann), asBob),
            (ErrorReason.MemberIdRequired, fixture.Messaging.AsService(), asNobody),
            (ErrorReason.RoleRequired, fixture.Messaging.AsOperator(), asBob),
            (ErrorReason.CredentialsMissing, fixture.Messaging.WithToken(null), asBob),
            (
                ErrorReason.CredentialsInvalid,
                fixture.Messaging.WithToken(fixture.Identity.ForgedToken(_bob)),
                asBob
            ),
            (
                ErrorReason.CredentialsExpired,
                fixture.Messaging.WithToken(fixture.Identity.ExpiredToken(_bob)),
                asBob
            ),
        ];

        foreach (var (reason, invoker, request) in cases)
        {
            var refusal = await Refusal.OfAsync(
                fixture.With(invoker).SendMessageAsync(request, cancellationToken: Token)
            );
            Assert.Equal(reason, refusal.Reason);
        }
        Assert.Empty(await fixture.TextsAsync(pair, _bob));
    }

    [Fact]
    public async Task Rest_SendAndList_SpeakJson()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        using var http = new HttpClient
        {
            BaseAddress = new Uri(fixture.Messaging.Address),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            fixture.Identity.Token(_ann)
        );

        var sent = await http.PostAsJsonAsync(
            $"/v1/conversations/{pair}/messages",
            new { text = "by REST" },
            Token
        );
        var listed = await http.GetFromJsonAsync<JsonElement>(
            $"/v1/conversations/{pair}/messages?page_size=5",
            Token
        );
        var marked = await http.PostAsJsonAsync(
            $"/v1/conversations/{pair}:markRead",
            new { number = 1 },
            Token
        );
        var missing = await http.GetAsync(
            new Uri($"/v1/conversations/{pair}/messages/7", UriKind.Relative),
            Token
        );

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        Assert.Equal("by REST", listed.GetProperty("messages")[0].GetProperty("text").GetString());
        Assert.Equal(HttpStatusCode.OK, marked.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
