using CsCheck;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;

namespace Platform.Tests.StorageContracts.Messaging;

public abstract partial class MessageStoreContract
{
    [Fact]
    public async Task Group_MembersAddedLeavingAndRenamed_AreNumberedMessagesWithTheirEffect()
    {
        var group = await StartGroupAsync("ann", "bob");
        await SendAsync(group, "ann", "before cid");
        await AddAsync(group, "bob", "cid");
        await SendAsync(group, "ann", "after");
        await ChangeAsync(group, "bob", new MessageDraft { Kind = MessageKind.MemberLeft });
        await ChangeAsync(
            group,
            "ann",
            new MessageDraft { Kind = MessageKind.Renamed, Text = "Us" }
        );

        var cid = await FindAsync(group, "cid");
        Assert.Equal(["ann", "cid"], cid.Members.Select(member => member.MemberId));
        Assert.Equal("bob", cid.Members[1].AddedById);
        Assert.Equal(("Us", 5, 2), (cid.Name, cid.LastNumber, cid.FirstNumber));
        Assert.Equal(4, cid.UnreadCount);
        Assert.Null(await Store.FindConversationAsync(group, "bob", Token));
        Assert.Empty(
            (await Store.ListConversationsAsync("bob", null, 10, false, Token)).Conversations
        );
        Assert.Equal(
            [2L, 3, 4, 5],
            (await ReadAllAsync(group, "cid", newestFirst: false)).Select(message => message.Number)
        );
        Assert.Equal(
            [5L, 4, 3, 2],
            (await ReadAllAsync(group, "cid", newestFirst: true, limit: 2)).Select(message =>
                message.Number
            )
        );
        Assert.Equal(
            [
                MessageKind.Text,
                MessageKind.MembersAdded,
                MessageKind.Text,
                MessageKind.MemberLeft,
                MessageKind.Renamed,
            ],
            (await ReadAllAsync(group, "ann", newestFirst: false)).Select(message => message.Kind)
        );
        Assert.Equal(
            ["cid"],
            (await ReadAllAsync(group, "ann", newestFirst: false))[1].AffectedMemberIds
        );
    }

    [Fact]
    public async Task Group_AsManyHaveLeftAsMay_TakesNobodyInAndGoesOn()
    {
        var group = await StartGroupAsync("ann", "bob", "cid");
        await LeaveAsync(group, "bob");
        await LeaveAsync(group, "cid");
        var adding = new MessageDraft
        {
            Kind = MessageKind.MembersAdded,
            AffectedMemberIds = ["dan"],
            MaxFormerMembers = 2,
        };

        var refused = await ChangeAsync(group, "ann", adding);
        var sent = await SendAsync(group, "ann", "still here");
        var allowed = await ChangeAsync(group, "ann", adding with { MaxFormerMembers = 3 });
        var back = await AddAsync(group, "ann", "bob");
        var again = await ChangeAsync(group, "ann", adding with { AffectedMemberIds = ["eve"] });

        Assert.Equal(AppendOutcome.TooManyHaveLeft, refused.Outcome);
        Assert.Equal([3L, 4, 5, 6], new[] { sent, allowed, back, again }.Select(one => one.Number));
    }

    [Fact]
    public async Task Group_RepeatedLeave_IsFoundThoughTheMemberIsGone()
    {
        var group = await StartGroupAsync("ann", "bob");
        var leave = new MessageDraft
        {
            Kind = MessageKind.MemberLeft,
            RequestId = "r1",
            Fingerprint = "f1",
        };
        await ChangeAsync(group, "bob", leave);

        var preparation = await Store.PrepareAsync(group, "bob", "r1", Token);

        Assert.Null(preparation.Membership);
        Assert.Equal((1, "f1"), (preparation.Earlier!.Number, preparation.Earlier.Fingerprint));
    }
}
