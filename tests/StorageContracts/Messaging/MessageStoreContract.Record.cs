using Platform.Messaging.Live;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>The record of changes.</summary>
public abstract partial class MessageStoreContract
{
    [Fact]
    public async Task ReadChanges_FromTheBeginning_TellsEverythingInOrder()
    {
        var group = await StartGroupAsync("ann", "bob");
        await SendAsync(group, "ann", "one");
        await SendAsync(group, "ann", "two");
        await EditAsync(group, 1, "one edited");
        await Store.MarkReadAsync(group, "bob", 2, Time.GetUtcNow(), Token);
        await AddAsync(group, "ann", "cid");
        await SendAsync(group, "bob", "four");
        await DeleteAsync(group, 4);

        var changes = (await Store.ReadChangesAsync(group, "ann", 0, 100, Token))!;
        var late = (await Store.ReadChangesAsync(group, "cid", 0, 100, Token))!;

        Assert.False(changes.More);
        Assert.Equal(
            [
                "sent 1",
                "sent 2",
                "changed 1",
                "read bob 2",
                "shape",
                "sent 3",
                "sent 4",
                "changed 4",
            ],
            changes.Changes.Select(Describe)
        );
        Assert.Equal(changes.UpTo, changes.Changes[^1].Stamp);
        Assert.Equal("one edited", changes.Changes[0].Message!.Text);
        Assert.Equal(["ann", "bob", "cid"], MembersOf(changes.Changes[4]));
        // who came later is told what concerns them
        Assert.Equal(
            ["read bob 2", "shape", "sent 3", "sent 4", "changed 4"],
            late.Changes.Select(Describe)
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ReadChanges_PageByPage_IsTheSame(int limit)
    {
        var pair = await StartPairAsync("ann", "bob");
        for (var index = 1; index <= 12; index++)
        {
            await SendAsync(pair, "ann", $"text {index}");
            if (index % 2 == 0)
            {
                await EditAsync(pair, index / 2, $"edit {index}");
            }
            await Store.MarkReadAsync(pair, "bob", index, Time.GetUtcNow(), Token);
        }
        var whole = (await Store.ReadChangesAsync(pair, "bob", 0, 100, Token))!;

        var paged = new List<ConversationChange>();
        var page = new ConversationChanges(0, true, []);
        while (page.More)
        {
            page = (await Store.ReadChangesAsync(pair, "bob", page.UpTo, limit, Token))!;
            Assert.InRange(page.Changes.Count, 0, limit);
            paged.AddRange(page.Changes);
        }

        Assert.Equal(whole.Changes.Select(Describe), paged.Select(Describe));
        Assert.Equal(whole.Changes.Select(one => one.Stamp), paged.Select(one => one.Stamp));
        // and from each of them on, the rest
        foreach (var (change, index) in whole.Changes.Select((change, index) => (change, index)))
        {
            var rest = (await Store.ReadChangesAsync(pair, "bob", change.Stamp, 100, Token))!;
            Assert.Equal(
                whole.Changes.Skip(index + 1).Select(Describe),
                rest.Changes.Select(Describe)
            );
        }
    }

    [Fact]
    public async Task ReadChanges_WhileReplicasWrite_TellsEachOnceInOrder()
    {
        const int Each = 25;
        var pair = await StartPairAsync("ann", "bob");
        var reader = await OpenAnotherAsync();

        var writing = OnReplicasAsync(
            async (store, replica) =>
            {
                for (var index = 0; index < Each; index++)
                {
                    var sent = await store.AppendAsync(Draft(pair, "ann", "text"), Token);
                    var read = await store.PrepareChangeAsync(pair, "ann", sent.Number, Token);
                    await store.ChangeAsync(Edit(pair, read!.Message!, "edited"), Token);
                    await store.MarkReadAsync(pair, "bob", sent.Number, Start, Token);
                }
                return replica;
            }
        );
        var told = new List<ConversationChange>();
        var upTo = 0L;
        bool isLast;
        do
        {
            isLast = writing.IsCompleted;
            var page = (await reader.ReadChangesAsync(pair, "bob", upTo, 20, Token))!;
            upTo = page.UpTo;
            told.AddRange(page.Changes);
            isLast &= !page.More;
        } while (!isLast);
        await writing;

        Assert.Equal(
            told.Select(one => one.Stamp).Distinct().Order(),
            told.Select(one => one.Stamp)
        );
        Assert.Equal(
            Enumerable.Range(1, Replicas * Each).Select(number => (long)number),
            told.Where(one => one.Kind == ChangeKind.MessageSent).Select(one => one.Message!.Number)
        );
        Assert.Equal(
            Enumerable.Range(1, Replicas * Each).Select(number => (long)number),
            told.Where(one => one.Kind == ChangeKind.MessageChanged)
                .Select(one => one.Message!.Number)
                .Order()
        );
        Assert.Equal(
            (await FindAsync(pair, "bob")).ReadNumber,
            told.Last(one => one.Kind == ChangeKind.ReadMoved).Reader!.ReadNumber
        );
    }

    [Fact]
    public async Task Look_ChangedConversations_OfThoseAskedForOnly()
    {
        var pair = await StartPairAsync("ann", "bob");
        var group = await StartGroupAsync("ann", "bob", "cid");
        await StartPairAsync("dan", "eve");
        var bounds = await LastStampAsync(pair, "ann");
        await SendAsync(pair, "bob", "hello");
        await LeaveAsync(group, "cid");

        var all = await Store.LookAsync(["ann", "cid"], 0, 10, Token);
        var since = await Store.LookAsync(["ann", "cid"], bounds, 10, Token);
        var first = await Store.LookAsync(["ann", "cid"], 0, 1, Token);
        var left = await LastStampAsync(group, "ann");
        var later = await Store.LookAsync(["cid"], left, 10, Token);

        Assert.Equal([pair, group], all.Conversations.Select(one => one.ConversationId));
        Assert.Equal(["ann"], all.Conversations[0].MemberIds);
        Assert.Equal(["ann", "cid"], all.Conversations[1].MemberIds.Order(StringComparer.Ordinal));
        Assert.Equal([pair, group], since.Conversations.Select(one => one.ConversationId));
        Assert.Equal([pair], first.Conversations.Select(one => one.ConversationId));
        Assert.Empty(later.Conversations);
        Assert.Equal(left, all.Conversations[1].Stamp);
    }

    [Fact]
    public async Task Leave_AndComeBack_IsToldSo()
    {
        var group = await StartGroupAsync("ann", "bob", "cid");
        var start = await LastStampAsync(group, "cid");
        await SendAsync(group, "ann", "one");
        await LeaveAsync(group, "cid");

        var left = (await Store.ReadChangesAsync(group, "cid", start, 10, Token))!;
        await SendAsync(group, "ann", "unheard");
        var silence = (await Store.ReadChangesAsync(group, "cid", left.UpTo, 10, Token))!;
        await AddAsync(group, "ann", "cid");
        var back = (await Store.ReadChangesAsync(group, "cid", silence.UpTo, 10, Token))!;

        Assert.Equal(["left"], left.Changes.Select(Describe));
        Assert.Empty(silence.Changes);
        Assert.Equal(["shape", "sent 4"], back.Changes.Select(Describe));
        Assert.Equal(4, back.Changes[0].Conversation!.FirstNumber);
        Assert.Null(await Store.ReadChangesAsync(group, "dan", 0, 10, Token));
    }

    private static string Describe(ConversationChange change) =>
        change.Kind switch
        {
            ChangeKind.MessageSent => $"sent {change.Message!.Number}",
            ChangeKind.MessageChanged => $"changed {change.Message!.Number}",
            ChangeKind.ReadMoved => $"read {change.Reader!.MemberId} {change.Reader.ReadNumber}",
            ChangeKind.ConversationChanged => "shape",
            _ => "left",
        };

    private static IEnumerable<string> MembersOf(ConversationChange change) =>
        change.Conversation!.Members.Select(member => member.MemberId);

    private Task<AppendResult> LeaveAsync(string conversation, string member) =>
        ChangeAsync(conversation, member, new MessageDraft { Kind = MessageKind.MemberLeft });

    private async Task<long> LastStampAsync(string conversation, string member) =>
        (await Store.ReadChangesAsync(conversation, member, 0, 1000, Token))!.UpTo;
}
