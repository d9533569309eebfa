using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Messaging.Connections;
using Platform.Messaging.Conversations;
using Platform.Messaging.Limits;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;

namespace Platform.Tests.Messaging.UnitTests;

/// <summary>The handlers of a service on a given store, with the rest as it is by default.</summary>
internal sealed class MessagingParts
{
    public MessagingParts(
        IMessageStore store,
        IConnectionGate gate,
        TimeProvider time,
        LiveOptions? options = null,
        IMemberStore? knownMembers = null
    )
    {
        var members = knownMembers ?? new NoMembers();
        var live = Options.Create(options ?? new LiveOptions());
        var receipts = new ReadReceipts(members);
        Hub = new LiveHub(
            store,
            new LiveHints(NullLogger<LiveHints>.Instance),
            live,
            time,
            NullLogger<LiveHub>.Instance
        );
        var limits = new MessageLimitSource(
            Options.Create(new MessageLimitOptions()),
            NullLogger<MessageLimitSource>.Instance
        );
        var rate = new MessageRate(limits, time);
        Appender = new Appender(store, members, gate, rate, Hub, time);
        Messages = new MessagesHandler(
            store,
            gate,
            Appender,
            rate,
            Hub,
            Options.Create(new MessageOptions()),
            time
        );
        Eraser = new Eraser(store, members, Hub, time);
        Conversations = new ConversationsHandler(
            store,
            gate,
            Appender,
            receipts,
            Eraser,
            Hub,
            time
        );
        Live = new LiveHandler(store, members, gate, Hub, receipts, live, time);
    }

    public LiveHub Hub { get; }
    public Appender Appender { get; }
    public Eraser Eraser { get; }
    public LiveHandler Live { get; }
    public MessagesHandler Messages { get; }
    public ConversationsHandler Conversations { get; }

    /// <summary>Members of whom nothing is stored.</summary>
    private sealed class NoMembers : IMemberStore
    {
        public Task<MemberRecord> GetAsync(string memberId, CancellationToken cancellationToken) =>
            Task.FromResult(MemberRecord.Of(memberId));

        public Task<IReadOnlyList<MemberRecord>> FindAsync(
            IReadOnlyCollection<string> memberIds,
            CancellationToken cancellationToken
        ) => Task.FromResult<IReadOnlyList<MemberRecord>>([]);

        public Task<MemberRecord?> TryStoreAsync(
            MemberRecord next,
            CancellationToken cancellationToken
        ) => Task.FromResult<MemberRecord?>(next with { Revision = next.Revision + 1 });
    }
}
