using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Common.V1;
using Platform.Messaging.Live;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.Messaging.ApiTests;

/// <summary>Streams of what happens, over gRPC.</summary>
public class LiveTests(MessagingFixture fixture) : IClassFixture<MessagingFixture>
{
    private readonly string _ann = $"ann-{Guid.NewGuid():N}";
    private readonly string _bob = $"bob-{Guid.NewGuid():N}";
    private readonly string _cid = $"cid-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscribe_WithoutCursor_TellsWhatComesNextInOrder()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "before");
        await using var reader = await OpenAsync(_bob);

        await fixture.SendAsync(pair, _ann, "hello");
        await fixture.SendAsync(pair, _bob, "mine, for my other devices");
        await fixture.EditAsync(pair, _ann, 2, "hello there");
        await fixture.As(_bob).MarkReadAsync(new() { ConversationId = pair, Number = 2 });
        await fixture.As(_ann).MarkReadAsync(new() { ConversationId = pair, Number = 3 });
        await fixture.As(_ann).DeleteMessageAsync(new() { ConversationId = pair, Number = 2 });

        Assert.Equal(
            [
                "sent 2 hello",
                "sent 3 mine, for my other devices",
                "changed 2 hello there",
                $"read {_bob} 2",
                $"read {_ann} 3",
                "changed 2 ",
            ],
            await reader.TellsAsync(6)
        );
        Assert.All(reader.Seen, sent => Assert.NotEmpty(sent.Cursor));
    }

    [Fact]
    public async Task Subscribe_FromEachCursor_MissesAndDoublesNothing()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var other = await fixture.StartPairAsync(_bob, _cid);
        await using var reader = await OpenAsync(_bob);
        for (var index = 1; index <= 8; index++)
        {
            await fixture.SendAsync(other, _cid, $"other {index}");
            await fixture.SendAsync(pair, _ann, $"text {index}");
            await fixture.EditAsync(pair, _ann, index, $"edit {index}");
        }
        // a mark that moves twice while a stream is away is told once
        await fixture.As(_bob).MarkReadAsync(new() { ConversationId = pair, Number = 7 });
        var told = await reader.TellsAsync(25);
        var cursors = reader.Events.Select(sent => sent.Cursor).ToArray();

        for (var index = 0; index < told.Count; index++)
        {
            await using var resumed = await OpenAsync(_bob, cursors[index]);
            await resumed.TellsAsync(told.Count - index - 1);
            foreach (var conversation in new[] { pair, other })
            {
                Assert.Equal(
                    Of(reader.Events.Skip(index + 1), conversation),
                    Of(resumed.Events, conversation)
                );
            }
        }
        await using var last = await OpenAsync(_bob, reader.Cursor);
        await fixture.SendAsync(pair, _ann, "next");
        Assert.Equal(["sent 9 next"], await last.TellsAsync(1));
    }

    [Fact]
    public async Task Subscribe_OnAnotherReplica_IsToldAndResumes()
    {
        await using var replica = await fixture.StartReplicaAsync();
        var elsewhere = fixture.With(replica.As(_bob));
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await using var reader = await LiveReader.OpenAsync(elsewhere);

        await fixture.SendAsync(pair, _ann, "one");
        await reader.TellsAsync(1);
        await reader.DisposeAsync();
        await fixture.SendAsync(pair, _ann, "two");
        await using var resumed = await LiveReader.OpenAsync(elsewhere, reader.Cursor);
        await using var back = await OpenAsync(_bob, reader.Cursor);
        await fixture.SendAsync(pair, _ann, "three");

        Assert.Equal(["sent 2 two", "sent 3 three"], await resumed.TellsAsync(2));
        Assert.Equal(["sent 2 two", "sent 3 three"], await back.TellsAsync(2));
    }

    [Fact]
    public async Task Subscribe_ConversationsThatComeAndGo_AreTold()
    {
        fixture.Connections.Connect(_ann, _bob);
        fixture.Connections.Connect(_ann, _cid);
        fixture.Connections.Connect(_ann, $"{_bob}-2");
        await using var reader = await OpenAsync(_cid);

        var group = (
            await fixture
                .As(_ann)
                .StartConversationAsync(new() { OtherMemberIds = { _bob, $"{_bob}-2" } })
        )
            .Conversation
            .ConversationId;
        await fixture
            .As(_ann)
            .AddConversationMembersAsync(
                new() { ConversationId = group, AddedMemberIds = { _cid } }
            );
        // changes that a stream finds at one look come as one
        await reader.TellsAsync(2);
        await fixture
            .As(_ann)
            .RenameConversationAsync(new() { ConversationId = group, Name = "Us" });
        await reader.TellsAsync(4);
        await fixture.As(_cid).LeaveConversationAsync(new() { ConversationId = group });
        var told = await reader.TellsAsync(5);

        Assert.Equal(
            ["conversation of 4", "sent 1 ", "conversation of 4", "sent 2 Us", "left"],
            told
        );
        Assert.Equal("Us", reader.Events[2].ConversationChanged.Name);
    }

    [Fact]
    public async Task Subscribe_OnlySomeConversations_TellsOnlyThose()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var other = await fixture.StartPairAsync(_bob, _cid);
        await using var reader = await LiveReader.OpenAsync(
            fixture.As(_bob),
            with: request => request.ConversationIds.Add(pair)
        );

        await fixture.SendAsync(other, _cid, "not for this one");
        await fixture.SendAsync(pair, _ann, "hello");

        Assert.Equal(["sent 1 hello"], await reader.TellsAsync(1));
    }

    [Fact]
    public async Task SendTyping_IsShownToWhoMayBeWrittenTo()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await using var reader = await OpenAsync(_bob);
        await using var without = await LiveReader.OpenAsync(
            fixture.As(_bob),
            with: request => request.WithoutTyping = true
        );

        await TypeAsync(pair, _ann);
        Assert.Equal([$"typing {_ann}"], await reader.TellsAsync(1));
        var typing = reader.Events[0];
        fixture.Connections.Disconnect(_ann, _bob);
        await TypeAsync(pair, _ann);
        fixture.Connections.Connect(_ann, _bob);
        await SetAsync(_ann, settings => settings.TypingIndicators = false);
        await TypeAsync(pair, _ann);
        await SetAsync(_ann, settings => settings.TypingIndicators = true);
        await SetAsync(_bob, settings => settings.TypingIndicators = false);
        await TypeAsync(pair, _ann);
        await fixture.SendAsync(pair, _ann, "done");

        Assert.Equal("", typing.Cursor);
        Assert.Equal(TimeSpan.FromSeconds(6), typing.Typing.Ttl.ToTimeSpan());
        Assert.Equal([$"typing {_ann}", "sent 1 done"], await reader.TellsAsync(2));
        Assert.Equal(["sent 1 done"], await without.TellsAsync(1));
        var refusal = await Refusal.OfAsync(
            fixture.As(_cid).SendTypingAsync(new() { ConversationId = pair })
        );
        Assert.Equal(ErrorReason.ConversationNotFound, refusal.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadReceipts_OffOnEitherSide_AreShownToNeither(bool readerHides)
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "hello");
        await SetAsync(readerHides ? _bob : _ann, settings => settings.ReadReceipts = false);
        await using var ofAnn = await OpenAsync(_ann);
        await using var ofBob = await OpenAsync(_bob);

        await fixture.As(_bob).MarkReadAsync(new() { ConversationId = pair, Number = 1 });
        await fixture.SendAsync(pair, _ann, "next");

        Assert.Equal(["sent 2 next"], await ofAnn.TellsAsync(1));
        Assert.Equal([$"read {_bob} 1", "sent 2 next"], await ofBob.TellsAsync(2));
        foreach (var (viewer, other) in new[] { (_ann, _bob), (_bob, _ann) })
        {
            var view = (
                await fixture.As(viewer).GetConversationAsync(new() { ConversationId = pair })
            ).Conversation;
            var listed = (await fixture.As(viewer).ListConversationsAsync(new())).Conversations[0];
            foreach (var one in new[] { view, listed })
            {
                Assert.True(one.Members.Single(member => member.MemberId == viewer).HasReadNumber);
                Assert.False(one.Members.Single(member => member.MemberId == other).HasReadNumber);
            }
        }
    }

    [Fact]
    public async Task ReadReceipts_ByDefault_AreShown()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "hello");
        await fixture.As(_bob).MarkReadAsync(new() { ConversationId = pair, Number = 1 });

        var view = (
            await fixture.As(_ann).GetConversationAsync(new() { ConversationId = pair })
        ).Conversation;

        Assert.Equal(1, view.Members.Single(member => member.MemberId == _bob).ReadNumber);
    }

    [Theory]
    [InlineData("nonsense!")]
    [InlineData("AAAA")]
    [InlineData("AQ")]
    [InlineData("Af____________________________________________8")]
    public async Task Subscribe_CursorThatNoStreamGave_IsInvalid(string cursor)
    {
        await using var reader = await OpenAsync(_bob, cursor);

        var refusal = await Refusal.OfAsync(() => reader.Ended);

        Assert.Equal(
            (ErrorReason.InvalidCursor, StatusCode.InvalidArgument),
            (refusal.Reason, refusal.Code)
        );
    }

    [Fact]
    public async Task Subscribe_BadInput_IsRefusedAsAWhole()
    {
        foreach (
            var (reason, with) in new (ErrorReason, Action<SubscribeRequest>)[]
            {
                (ErrorReason.InvalidRequest, request => request.ConversationIds.Add("a b")),
                (
                    ErrorReason.BatchTooLarge,
                    request =>
                        request.ConversationIds.AddRange(
                            Enumerable.Range(0, 101).Select(index => $"a~{index}")
                        )
                ),
                (ErrorReason.ActingForAnother, request => request.MemberId = _ann),
            }
        )
        {
            await using var reader = await LiveReader.OpenAsync(fixture.As(_bob), with: with);
            Assert.Equal(reason, (await Refusal.OfAsync(() => reader.Ended)).Reason);
        }
    }

    [Fact]
    public async Task Subscribe_CursorOfAnother_IsInvalid()
    {
        await using var reader = await OpenAsync(_bob);

        await using var thief = await OpenAsync(_ann, reader.Cursor);

        Assert.Equal(ErrorReason.InvalidCursor, (await Refusal.OfAsync(() => thief.Ended)).Reason);
    }

    [Fact]
    public async Task Subscribe_TooManyStreams_IsRefusedUntilOneEnds()
    {
        var readers = new List<LiveReader>();
        for (var index = 0; index < 32; index++)
        {
            readers.Add(await OpenAsync(_bob));
        }

        await using var more = await OpenAsync(_bob);
        var refusal = await Refusal.OfAsync(() => more.Ended);
        await readers[0].DisposeAsync();
        await Eventually.HoldsAsync(
            "room for one more stream",
            async () =>
            {
                await using var next = await OpenAsync(_bob);
                return !next.Ended.IsCompleted;
            }
        );

        Assert.Equal(ErrorReason.RateLimited, refusal.Reason);
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Subscribe_ReaderThatTakesNothing_IsDroppedAndResumes()
    {
        // more than any buffer on the way takes
        const int Messages = 120;
        var text = new string('x', 8000);
        await using var strict = await fixture.StartReplicaAsync(
            new KeyValuePair<string, string?>("Live:WriteTimeout", "00:00:00.5")
        );
        var pair = await fixture.StartPairAsync(_ann, _bob);
        using var lazy = fixture.With(strict.As(_bob)).Subscribe(new SubscribeRequest());
        Assert.True(await lazy.ResponseStream.MoveNext(Token));
        var cursor = lazy.ResponseStream.Current.Cursor;
        for (var index = 0; index < Messages; index++)
        {
            await fixture.SendAsync(pair, _ann, text);
        }
        var hub = strict.Services.GetRequiredService<LiveHub>();
        await Eventually.HoldsAsync("the reader is dropped", () => Task.FromResult(hub.Count == 0));

        var numbers = new List<long>();
        var refusal = await Refusal.OfAsync(async () =>
        {
            while (await lazy.ResponseStream.MoveNext(Token))
            {
                numbers.Add(lazy.ResponseStream.Current.MessageSent.Number);
                cursor = lazy.ResponseStream.Current.Cursor;
            }
        });
        await using var resumed = await OpenAsync(_bob, cursor);
        await resumed.TellsAsync(Messages - numbers.Count);

        Assert.Equal(
            (ErrorReason.SlowConsumer, StatusCode.Unavailable),
            (refusal.Reason, refusal.Code)
        );
        Assert.Equal(
            Enumerable.Range(1, Messages).Select(number => (long)number),
            numbers.Concat(resumed.Events.Select(sent => sent.MessageSent.Number))
        );
    }

    [Fact]
    public async Task Subscribe_Silence_IsFilledWithHeartbeats()
    {
        await using var quick = await fixture.StartReplicaAsync(
            new KeyValuePair<string, string?>("Live:HeartbeatInterval", "00:00:00.1")
        );
        await using var reader = await LiveReader.OpenAsync(fixture.With(quick.As(_bob)));

        await Eventually.HoldsAsync(
            "three heartbeats",
            () => Task.FromResult(reader.Seen.Count(sent => sent.Heartbeat is not null) >= 3)
        );

        Assert.All(reader.Seen, sent => Assert.NotEmpty(sent.Cursor));
    }

    [Fact]
    public async Task Subscribe_MoreChangedThanIsCaughtUpWith_HasExpired()
    {
        await using var strict = await fixture.StartReplicaAsync(
            new KeyValuePair<string, string?>("Live:MaxCatchUp", "1")
        );
        await using var reader = await OpenAsync(_bob);
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await reader.TellsAsync(1);
        await fixture.StartPairAsync(_cid, _bob);
        await fixture.SendAsync(pair, _ann, "hello");

        await using var late = await LiveReader.OpenAsync(
            fixture.With(strict.As(_bob)),
            reader.Seen[0].Cursor
        );

        Assert.Equal(
            (ErrorReason.CursorExpired, StatusCode.OutOfRange),
            await RefusalOfAsync(late)
        );
    }

    [Fact]
    public async Task Subscribe_ServiceStops_SaysSoAndResumes()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var replica = await fixture.StartReplicaAsync();
        await using var reader = await LiveReader.OpenAsync(fixture.With(replica.As(_bob)));

        replica.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var refusal = await Refusal.OfAsync(() => reader.Ended);
        await replica.DisposeAsync();
        await fixture.SendAsync(pair, _ann, "meanwhile");
        await using var resumed = await OpenAsync(_bob, reader.Cursor);

        Assert.Equal(ErrorReason.ShuttingDown, refusal.Reason);
        Assert.Equal(["sent 1 meanwhile"], await resumed.TellsAsync(1));
    }

    [Fact]
    public async Task Subscribe_ManyWritersOnTwoReplicas_EachReaderSeesEachOnceInOrder()
    {
        const int Each = 40;
        await using var replica = await fixture.StartReplicaAsync();
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var other = await fixture.StartPairAsync(_cid, _bob);
        await using var steady = await LiveReader.OpenAsync(fixture.With(replica.As(_bob)));
        await using var first = await OpenAsync(_bob);
        // now, and not when the task begins: by then it may have moved on
        var cursor = first.Cursor;
        var resuming = Task.Run(() => ReadInPiecesAsync(replica, cursor, 2 * Each), Token);

        await Task.WhenAll(
            Enumerable
                .Range(0, Each)
                .SelectMany<int, Task>(index =>
                    [
                        fixture.SendAsync(pair, _ann, $"a{index}"),
                        fixture
                            .With(replica.As(_cid))
                            .SendMessageAsync(new() { ConversationId = other, Text = $"c{index}" })
                            .ResponseAsync,
                    ]
                )
        );

        await steady.TellsAsync(2 * Each);
        foreach (var events in new[] { steady.Events, await resuming })
        {
            foreach (var conversation in new[] { pair, other })
            {
                Assert.Equal(
                    Enumerable.Range(1, Each).Select(number => (long)number),
                    events
                        .Where(sent => sent.MessageSent?.ConversationId == conversation)
                        .Select(sent => sent.MessageSent.Number)
                );
            }
        }
    }

    /// <summary>A device with a bad network: it loses its stream after every few events, and goes to another replica.</summary>
    private async Task<IReadOnlyList<SubscribeResponse>> ReadInPiecesAsync(
        RunningService replica,
        string cursor,
        int count
    )
    {
        var events = new List<SubscribeResponse>();
        for (var piece = 0; events.Count < count; piece++)
        {
            await using var reader = await LiveReader.OpenAsync(
                piece % 2 == 0 ? fixture.As(_bob) : fixture.With(replica.As(_bob)),
                cursor
            );
            await reader.TellsAsync(1);
            var seen = reader.Events.Take(7).ToArray();
            events.AddRange(seen);
            cursor = seen[^1].Cursor;
        }
        return events;
    }

    /// <summary>
    /// What was told of one conversation; the order is one of conversations. A message that is told late is told as it is by
    /// then, so without its text.
    /// </summary>
    private static IEnumerable<string> Of(
        IEnumerable<SubscribeResponse> events,
        string conversation
    ) =>
        events
            .Where(sent =>
                conversation
                == (
                    sent.MessageSent?.ConversationId
                    ?? sent.MessageChanged?.ConversationId
                    ?? sent.ReadMoved?.ConversationId
                )
            )
            .Select(sent => string.Join(' ', LiveReader.Describe(sent).Split(' ').Take(2)));

    private static async Task<(ErrorReason, StatusCode)> RefusalOfAsync(LiveReader reader)
    {
        var refusal = await Refusal.OfAsync(() => reader.Ended);
        return (refusal.Reason, refusal.Code);
    }

    private Task<LiveReader> OpenAsync(string member, string cursor = "") =>
        LiveReader.OpenAsync(fixture.As(member), cursor);

    private async Task TypeAsync(string conversation, string member) =>
        await fixture.As(member).SendTypingAsync(new() { ConversationId = conversation });

    private async Task SetAsync(string member, Action<UpdateMessagingSettingsRequest> change)
    {
        var request = new UpdateMessagingSettingsRequest();
        change(request);
        await fixture.As(member).UpdateMessagingSettingsAsync(request);
    }
}
