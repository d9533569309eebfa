using Grpc.Core;
using Platform.Common.V1;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.Messaging.ApiTests;

/// <summary>Editing, deleting, settings, searching, limits and erasing, over gRPC.</summary>
public class ChangeTests(MessagingFixture fixture) : IClassFixture<MessagingFixture>
{
    private readonly string _ann = $"ann-{Guid.NewGuid():N}";
    private readonly string _bob = $"bob-{Guid.NewGuid():N}";
    private readonly string _cid = $"cid-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EditMessage_OwnAndNew_ShowsEverywhere()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "one");
        await fixture.SendAsync(pair, _bob, "two");

        var edited = await fixture.EditAsync(pair, _ann, 1, "one, corrected");
        var again = await fixture.EditAsync(pair, _ann, 1, "one, corrected once more", "r2");

        Assert.NotNull(edited.EditTime);
        Assert.Equal((1, _ann), (again.Number, again.SenderId));
        Assert.Equal(["one, corrected once more", "two"], await fixture.TextsAsync(pair, _bob));
    }

    [Fact]
    public async Task EditMessage_Repeated_IsStoredOnceAndAnsweredAsAtFirst()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "one");
        var first = await fixture.EditAsync(pair, _ann, 1, "two", "r1");
        await fixture.EditAsync(pair, _ann, 1, "three", "r2");

        var repeated = await fixture.EditAsync(pair, _ann, 1, "two", "r1");
        var other = await Refusal.OfAsync(() => fixture.EditAsync(pair, _ann, 1, "four", "r1"));

        Assert.Equal(first, repeated);
        Assert.Equal(ErrorReason.RequestIdReused, other.Reason);
        Assert.Equal(["three"], await fixture.TextsAsync(pair, _bob));
    }

    [Fact]
    public async Task EditMessage_WhatMayNotBe_IsRefusedAndChangesNothing()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "one");
        await fixture.SendAsync(pair, _ann, "two");
        await fixture.DeleteAsync(pair, _ann, 2);
        var group = (await StartGroupAsync()).Conversation.ConversationId;
        await fixture
            .As(_ann)
            .RenameConversationAsync(new() { ConversationId = group, Name = "We" });

        foreach (
            var (reason, code, call) in new (ErrorReason, StatusCode, Func<Task>)[]
            {
                (
                    ErrorReason.NotTheSender,
                    StatusCode.PermissionDenied,
                    () => fixture.EditAsync(pair, _bob, 1, "mine")
                ),
                (
                    ErrorReason.NotTheSender,
                    StatusCode.PermissionDenied,
                    () => fixture.DeleteAsync(pair, _bob, 1)
                ),
                (
                    ErrorReason.MessageNotFound,
                    StatusCode.NotFound,
                    () => fixture.EditAsync(pair, _ann, 3, "x")
                ),
                (
                    ErrorReason.MessageNotFound,
                    StatusCode.NotFound,
                    () => fixture.DeleteAsync(pair, _ann, long.MaxValue)
                ),
                (
                    ErrorReason.ConversationNotFound,
                    StatusCode.NotFound,
                    () => fixture.EditAsync(pair, _cid, 1, "x")
                ),
                (
                    ErrorReason.ConversationNotFound,
                    StatusCode.NotFound,
                    () => fixture.DeleteAsync("no~such", _ann, 1)
                ),
                (
                    ErrorReason.MessageDeleted,
                    StatusCode.FailedPrecondition,
                    () => fixture.EditAsync(pair, _ann, 2, "x")
                ),
                (
                    ErrorReason.InvalidRequest,
                    StatusCode.InvalidArgument,
                    () => fixture.EditAsync(group, _ann, 1, "x")
                ),
                (
                    ErrorReason.InvalidRequest,
                    StatusCode.InvalidArgument,
                    () => fixture.DeleteAsync(group, _ann, 1)
                ),
                (
                    ErrorReason.InvalidRequest,
                    StatusCode.InvalidArgument,
                    () => fixture.EditAsync(pair, _ann, 1, " \n")
                ),
                (
                    ErrorReason.InvalidRequest,
                    StatusCode.InvalidArgument,
                    () => fixture.EditAsync(pair, _ann, 1, new string('x', 8001))
                ),
                (
                    ErrorReason.InvalidRequest,
                    StatusCode.InvalidArgument,
                    () => fixture.EditAsync(pair, _ann, 0, "x")
                ),
                (
                    ErrorReason.InvalidRequest,
                    StatusCode.InvalidArgument,
                    () => fixture.DeleteAsync(pair, _ann, -1)
                ),
            }
        )
        {
            var refusal = await Refusal.OfAsync(call);
            Assert.Equal((reason, code), (refusal.Reason, refusal.Code));
        }
        Assert.Equal(["one", ""], await fixture.TextsAsync(pair, _bob));
    }

    [Fact]
    public async Task EditMessage_AfterADisconnect_IsRefusedButDeletingIsNot()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "one");
        fixture.Connections.Disconnect(_ann, _bob);

        var refusal = await Refusal.OfAsync(() =>
            fixture.EditAsync(pair, _ann, 1, "still talking")
        );
        var tombstone = await fixture.DeleteAsync(pair, _ann, 1);

        Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
        Assert.Equal("", tombstone.Text);
        Assert.NotNull(tombstone.DeleteTime);
        Assert.Equal(tombstone, await fixture.DeleteAsync(pair, _ann, 1));
    }

    [Fact]
    public async Task EditMessage_AfterItsWindow_IsRefusedWithTheTime()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        var sent = await fixture.SendAsync(pair, _ann, "one");
        await using var strict = await fixture.StartReplicaAsync(
            new KeyValuePair<string, string?>("Messages:EditWindow", "00:00:00")
        );

        var refusal = await Refusal.OfAsync(
            fixture
                .With(strict.As(_ann))
                .EditMessageAsync(
                    new()
                    {
                        ConversationId = pair,
                        Number = 1,
                        Text = "late",
                    }
                )
        );

        Assert.Equal(ErrorReason.EditWindowClosed, refusal.Reason);
        Assert.Equal(
            sent.CreateTime.ToDateTime(),
            DateTime.Parse(
                refusal.Info.Metadata["until"],
                System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AdjustToUniversal
            )
        );
    }

    [Fact]
    public async Task Settings_ChangedOneByOne_StayAndAreRepeatable()
    {
        var before = await SettingsAsync(_ann);
        var first = await fixture
            .As(_ann)
            .UpdateMessagingSettingsAsync(new() { ReadReceipts = false, RequestId = "r1" });
        await fixture
            .As(_ann)
            .UpdateMessagingSettingsAsync(new() { NoteOpensConversation = false });
        var repeated = await fixture
            .As(_ann)
            .UpdateMessagingSettingsAsync(new() { ReadReceipts = false, RequestId = "r1" });
        var reused = await Refusal.OfAsync(
            fixture
                .As(_ann)
                .UpdateMessagingSettingsAsync(new() { ReadReceipts = true, RequestId = "r1" })
        );

        Assert.Equal(
            new MessagingSettings
            {
                ReadReceipts = true,
                TypingIndicators = true,
                NoteOpensConversation = true,
            },
            before
        );
        Assert.Equal(first.Settings, repeated.Settings);
        Assert.Equal(ErrorReason.RequestIdReused, reused.Reason);
        Assert.Equal(new MessagingSettings { TypingIndicators = true }, await SettingsAsync(_ann));
        Assert.Equal(before, await SettingsAsync(_bob));
    }

    [Fact]
    public async Task SearchMessages_SaysWhereTheWordsStand()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "\U0001F44B Crème, or more crème?");
        await fixture.SendAsync(pair, _bob, "nothing");

        var found = await fixture.As(_bob).SearchMessagesAsync(new() { Query = "creme MORE" });

        var hit = Assert.Single(found.Hits);
        Assert.Equal(1, hit.Message.Number);
        Assert.Equal(
            [(2, 5), (12, 4), (17, 5)],
            hit.Ranges.Select(range => (range.Start, range.Length))
        );
        Assert.True(found.Completeness.Complete);
        Assert.Equal("", found.NextPageToken);
    }

    [Fact]
    public async Task SearchMessages_BadInput_IsRefused()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        for (var index = 0; index < 3; index++)
        {
            await fixture.SendAsync(pair, _ann, "word");
        }
        var page = await fixture
            .As(_ann)
            .SearchMessagesAsync(new() { Query = "word", PageSize = 1 });

        foreach (
            var (reason, request) in new (ErrorReason, SearchMessagesRequest)[]
            {
                (ErrorReason.InvalidRequest, new() { Query = "" }),
                (ErrorReason.InvalidRequest, new() { Query = "?!" }),
                (ErrorReason.InvalidRequest, new() { Query = new string('x', 201) }),
                (ErrorReason.InvalidRequest, new() { Query = "x", PageSize = 51 }),
                (ErrorReason.InvalidRequest, new() { Query = "x", PageSize = -1 }),
                (ErrorReason.InvalidRequest, new() { Query = "x", ConversationId = "a b" }),
                (ErrorReason.InvalidRequest, new() { Query = "x", SenderId = "a b" }),
                (ErrorReason.ConversationNotFound, new() { Query = "x", ConversationId = "a~b" }),
                (ErrorReason.InvalidPageToken, new() { Query = "x", PageToken = "x" }),
                (
                    ErrorReason.InvalidPageToken,
                    new() { Query = "other", PageToken = page.NextPageToken }
                ),
            }
        )
        {
            var refusal = await Refusal.OfAsync(fixture.As(_ann).SearchMessagesAsync(request));
            Assert.Equal(reason, refusal.Reason);
        }
    }

    [Fact]
    public async Task WhatOthersRead_FasterThanTheTierAllows_IsRefusedHoweverItIsSaid()
    {
        var group = (await StartGroupAsync()).Conversation.ConversationId;
        await using var strict = await fixture.StartReplicaAsync(
            new KeyValuePair<string, string?>("Limits:Tiers:standard:MessagesPerMinute", "3")
        );
        var client = fixture.With(strict.As(_ann));
        await client.SendMessageAsync(Message(group, "r0"));
        await client.EditMessageAsync(
            new()
            {
                ConversationId = group,
                Number = 1,
                Text = "other",
            }
        );
        await client.RenameConversationAsync(new() { ConversationId = group, Name = "Us" });

        var edit = await Refusal.OfAsync(
            client.EditMessageAsync(
                new()
                {
                    ConversationId = group,
                    Number = 1,
                    Text = "third",
                }
            )
        );
        var rename = await Refusal.OfAsync(
            client.RenameConversationAsync(new() { ConversationId = group, Name = "We" })
        );

        Assert.Equal(ErrorReason.MessageRate, edit.Reason);
        Assert.Equal(ErrorReason.MessageRate, rename.Reason);
        // the tier of the token decides, here as for sends
        var bulk = fixture.With(strict.As(_ann, tier: "bulk"));
        await bulk.EditMessageAsync(
            new()
            {
                ConversationId = group,
                Number = 1,
                Text = "fourth",
            }
        );
        await bulk.RenameConversationAsync(new() { ConversationId = group, Name = "Them" });
    }

    [Fact]
    public async Task SendMessage_FasterThanTheTierAllows_IsRefusedWithWhenToRetry()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await using var strict = await fixture.StartReplicaAsync(
            new KeyValuePair<string, string?>("Limits:Tiers:standard:MessagesPerMinute", "3"),
            new KeyValuePair<string, string?>("Limits:Tiers:none:MessagesPerMinute", "0")
        );
        var client = fixture.With(strict.As(_ann));
        for (var index = 0; index < 3; index++)
        {
            await client.SendMessageAsync(Message(pair, $"r{index}"));
        }

        var refusal = await Refusal.OfAsync(client.SendMessageAsync(Message(pair, "r3")));
        // what was stored is answered again, and others are not held up
        await client.SendMessageAsync(Message(pair, "r0"));
        await fixture.With(strict.As(_bob)).SendMessageAsync(Message(pair, "r0"));
        await fixture.With(strict.As(_ann, tier: "bulk")).SendMessageAsync(Message(pair, "r4"));
        var none = await Refusal.OfAsync(
            fixture.With(strict.As(_cid, tier: "none")).SendMessageAsync(Message(pair, "r5"))
        );

        Assert.Equal(
            (ErrorReason.MessageRate, StatusCode.ResourceExhausted),
            (refusal.Reason, refusal.Code)
        );
        var retry = refusal.Status.GetDetail<Google.Rpc.RetryInfo>()!.RetryDelay.ToTimeSpan();
        Assert.InRange(retry, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        Assert.Equal("3", refusal.Info.Metadata["limit"]);
        // who is in no conversation is not told of limits
        Assert.Equal(ErrorReason.ConversationNotFound, none.Reason);
        Assert.Equal(5, (await fixture.TextsAsync(pair, _bob)).Count);
    }

    [Fact]
    public async Task DeleteMember_RepeatedUntilDone_LeavesTombstonesAndEndsEverything()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        fixture.Connections.Connect(_ann, _cid);
        fixture.Connections.Connect(_bob, _cid);
        var group = (
            await fixture.As(_ann).StartConversationAsync(new() { OtherMemberIds = { _bob, _cid } })
        )
            .Conversation
            .ConversationId;
        await fixture.SendAsync(pair, _ann, "mine");
        await fixture.SendAsync(pair, _bob, "theirs");
        await fixture.SendAsync(group, _ann, "mine too");
        await using var reader = await LiveReader.OpenAsync(fixture.As(_bob));
        var service = fixture.With(fixture.Messaging.AsService());

        var (messages, left, calls) = (0L, 0L, 0);
        DeleteMemberResponse answer;
        do
        {
            answer = await service.DeleteMemberAsync(new() { MemberId = _ann });
            messages += answer.ErasedMessageCount;
            left += answer.LeftConversationCount;
        } while (!answer.Done && ++calls < 10);
        var again = await service.DeleteMemberAsync(new() { MemberId = _ann });

        Assert.Equal((2, 2), (messages, left));
        Assert.Equal(
            (true, 0, 0),
            (again.Done, again.ErasedMessageCount, again.LeftConversationCount)
        );
        Assert.Equal(["", "theirs"], await fixture.TextsAsync(pair, _bob));
        Assert.Equal([""], await fixture.TextsAsync(group, _cid));
        foreach (
            var call in new Func<Task>[]
            {
                () => fixture.SendAsync(pair, _ann, "back"),
                async () =>
                    await fixture
                        .As(_ann)
                        .StartConversationAsync(new() { OtherMemberIds = { _cid } }),
                async () => await SettingsAsync(_ann),
            }
        )
        {
            Assert.Equal(ErrorReason.MemberDeleted, (await Refusal.OfAsync(call)).Reason);
        }
        var toTheGone = await Refusal.OfAsync(
            fixture.As(_cid).StartConversationAsync(new() { OtherMemberIds = { _ann } })
        );
        Assert.Equal(ErrorReason.NotFirstDegree, toTheGone.Reason);
        Assert.Equal(
            ErrorReason.ConversationNotFound,
            (
                await Refusal.OfAsync(
                    fixture.As(_ann).GetConversationAsync(new() { ConversationId = pair })
                )
            ).Reason
        );
        var told = await reader.TellsAsync(4);
        Assert.Equal(2, told.Count(one => one.StartsWith("changed ", StringComparison.Ordinal)));
        Assert.Contains("conversation of 2", told);
    }

    [Fact]
    public async Task DeleteMember_ByAMember_IsRefused()
    {
        var refusal = await Refusal.OfAsync(
            fixture.As(_ann).DeleteMemberAsync(new() { MemberId = _ann })
        );

        Assert.Equal(ErrorReason.RoleRequired, refusal.Reason);
    }

    private static SendMessageRequest Message(string conversation, string requestId) =>
        new()
        {
            ConversationId = conversation,
            Text = "text",
            RequestId = requestId,
        };

    private async Task<MessagingSettings> SettingsAsync(string member) =>
        (await fixture.As(member).GetMessagingSettingsAsync(new())).Settings;

    private AsyncUnaryCall<StartConversationResponse> StartGroupAsync()
    {
        fixture.Connections.Connect(_ann, _bob);
        fixture.Connections.Connect(_ann, _cid);
        return fixture
            .As(_ann)
            .StartConversationAsync(new() { OtherMemberIds = { _bob, _cid }, Name = "Us" });
    }
}
