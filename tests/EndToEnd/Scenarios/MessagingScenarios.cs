using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>Messaging from end to end, through the gateway.</summary>
public abstract class MessagingScenarios : ScenarioSuite
{
    [Fact]
    public async Task Conversation_IsLiveOnEveryDevice()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        var conversation = await ada.StartConversationAsync(grace);
        await using var phone = await Subscriber.OpenAsync(grace.Messaging);
        await using var laptop = await Subscriber.OpenAsync(grace.Messaging);
        await using var own = await Subscriber.OpenAsync(ada.Messaging);

        await ada.Messaging.SendTypingAsync(new() { ConversationId = conversation });
        var sent = await ada.SendAsync(conversation, "Hello");
        await ada.Messaging.EditMessageAsync(
            new()
            {
                ConversationId = conversation,
                Number = sent.Number,
                Text = "Hello, Grace",
            }
        );
        await grace.Messaging.MarkReadAsync(
            new() { ConversationId = conversation, Number = sent.Number }
        );
        await ada.Messaging.DeleteMessageAsync(
            new() { ConversationId = conversation, Number = sent.Number }
        );

        foreach (var device in new[] { phone, laptop, own })
        {
            await Eventually.HoldsAsync(
                "the device is told that the message was deleted",
                () =>
                    Task.FromResult(
                        device.Events.Any(one => one.MessageChanged?.DeleteTime is not null)
                    )
            );
            Assert.Single(device.Events, one => one.MessageSent?.Number == sent.Number);
            Assert.Single(device.Events, one => one.ReadMoved?.MemberId == grace.Id);
        }
        Assert.Single(phone.Events, one => one.Typing?.MemberId == ada.Id);
    }

    [Fact]
    public async Task Note_OfAnAcceptedInvitation_OpensTheConversation()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await using var device = await Subscriber.OpenAsync(grace.Messaging);
        var invitation = await ada.Invitations.SendInvitationAsync(
            new SendInvitationRequest { InviteeId = grace.Id, Note = "We met at the library" }
        );

        await grace.Invitations.AcceptInvitationAsync(
            new AcceptInvitationRequest { InvitationId = invitation.Invitation.InvitationId }
        );

        await Eventually.HoldsAsync(
            "the note comes live",
            () => Task.FromResult(device.Events.Any(one => one.MessageSent is not null))
        );
        var note = device.Events.Single(one => one.MessageSent is not null).MessageSent;
        Assert.Equal(
            (1, MessageKind.InvitationNote, ada.Id, "We met at the library"),
            (note.Number, note.Kind, note.SenderId, note.Text)
        );
    }

    [Fact]
    public async Task Group_OfConnections_ComesTogetherAndApart()
    {
        var (ada, grace, alan) = (
            await MemberAsync("ada"),
            await MemberAsync("grace"),
            await MemberAsync("alan")
        );
        var eve = await MemberAsync("eve");
        foreach (
            var (one, other) in new[] { (ada, grace), (ada, alan), (grace, alan), (grace, eve) }
        )
        {
            await one.ConnectAsync(other);
        }
        var group = (
            await ada.Messaging.StartConversationAsync(
                new() { OtherMemberIds = { grace.Id, alan.Id }, Name = "Machines" }
            )
        )
            .Conversation
            .ConversationId;

        var stranger = await Refusal.OfAsync(
            ada.Messaging.AddConversationMembersAsync(
                new() { ConversationId = group, AddedMemberIds = { eve.Id } }
            )
        );
        await alan.SendAsync(group, "On computable numbers");
        await alan.Messaging.LeaveConversationAsync(new() { ConversationId = group });
        await ada.SendAsync(group, "He left");

        Assert.Equal(ErrorReason.NotFirstDegree, stranger.Reason);
        Assert.Equal(
            ["He left", "", "On computable numbers"],
            (await grace.MessagesAsync(group)).Select(message => message.Text)
        );
        Assert.Equal(
            ErrorReason.ConversationNotFound,
            (await Refusal.OfAsync(() => alan.MessagesAsync(group))).Reason
        );
    }

    [Fact]
    public async Task Search_FindsWhatWasSaid()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        var conversation = await ada.StartConversationAsync(grace);
        await ada.SendAsync(conversation, "The café opens at noon");
        await grace.SendAsync(conversation, "See you there");

        var found = await grace.Messaging.SearchMessagesAsync(new() { Query = "CAFE noon" });

        Assert.Equal(1, Assert.Single(found.Hits).Message.Number);
        Assert.True(found.Completeness.Complete);
    }

    [Fact]
    public async Task DeleteMember_LeavesTombstones()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        var conversation = await ada.StartConversationAsync(grace);
        await ada.SendAsync(conversation, "Forget me");
        var service = await Endpoint.ActorAsync("profile", "service");

        await Eventually.HoldsAsync(
            "the member is erased",
            async () =>
                (await service.Messaging.DeleteMemberAsync(new() { MemberId = ada.Id })).Done
        );

        var tombstone = Assert.Single(await grace.MessagesAsync(conversation));
        Assert.Equal(("", ada.Id), (tombstone.Text, tombstone.SenderId));
        Assert.NotNull(tombstone.DeleteTime);
    }
}
