using System.CommandLine;
using Platform.Ctl.Cli;
using Platform.Messaging.V1;

namespace Platform.Ctl.Messaging;

/// <summary>Messages between two members.</summary>
public static class MessageCommands
{
    private const int MaxPageSize = 100;

    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [Message(factory), Messages(factory), ChatCommand.Create(factory)];

    private static Command Message(CommandFactory factory)
    {
        var sender = Arguments.Member("A", "Who sends");
        var recipient = Arguments.Member("B", "Who receives; a first-degree connection of A");
        var text = Arguments.Text("TEXT", "What the message says: 1 to 8,000 characters");
        return factory.CreateAs(
            "message",
            "Send a message from A to B",
            sender,
            [recipient, text],
            async run =>
            {
                var from = run.MemberId;
                var to = run.Parse.GetRequiredValue(recipient);
                var client = new MessagingService.MessagingServiceClient(run.Invoker);
                var started = await client.StartConversationAsync(
                    new StartConversationRequest { MemberId = from, OtherMemberIds = { to } },
                    run.Call()
                );
                var sent = await client.SendMessageAsync(
                    new SendMessageRequest
                    {
                        MemberId = from,
                        ConversationId = started.Conversation.ConversationId,
                        Text = run.Parse.GetRequiredValue(text),
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                run.Write(
                    Result(sent.Message, sent.Revision),
                    $"{from} sent {to} message {sent.Message.Number} of their conversation"
                );
            }
        );
    }

    private static Command Messages(CommandFactory factory)
    {
        var reader = Arguments.Member("A", "Who reads");
        var other = Arguments.Member("B", "The other one");
        var limit = Arguments.Limit(50);
        return factory.CreateAs(
            "messages",
            "Show the messages between A and B, the newest last",
            reader,
            [other, limit],
            async run =>
            {
                var member = run.MemberId;
                var client = new MessagingService.MessagingServiceClient(run.Invoker);
                var conversation = await FindPairAsync(run, run.Parse.GetRequiredValue(other));
                var messages = conversation is null
                    ? new Listing<Message>([], More: false)
                    : await Pages.CollectAsync<Message>(
                        run.Parse.GetRequiredValue(limit),
                        MaxPageSize,
                        async (size, token) =>
                        {
                            var page = await client.ListMessagesAsync(
                                new ListMessagesRequest
                                {
                                    MemberId = member,
                                    ConversationId = conversation.ConversationId,
                                    PageSize = size,
                                    PageToken = token,
                                },
                                run.Call()
                            );
                            return (page.Messages, page.NextPageToken);
                        }
                    );
                run.Context.WriteList(
                    new Listing<MessageResult>(
                        [.. messages.Items.Reverse().Select(message => Result(message, null))],
                        messages.More
                    ),
                    new ListTable<MessageResult>(
                        "no messages",
                        ["no", "time", "from", "text"],
                        message =>
                            [
                                message.Number.ToString(
                                    System.Globalization.CultureInfo.InvariantCulture
                                ),
                                Format.Cell(message.CreateTime),
                                message.SenderId,
                                message.Deleted == true ? "(deleted)" : message.Text,
                            ]
                    )
                );
            }
        );
    }

    // Starting a conversation would find it too, but would make one where there is none; reading shall not.
    private static Task<Conversation?> FindPairAsync(MemberRun run, string other) =>
        Pages.FindAsync<Conversation>(
            MaxPageSize,
            async (size, token) =>
            {
                var page = await new MessagingService.MessagingServiceClient(
                    run.Invoker
                ).ListConversationsAsync(
                    new ListConversationsRequest
                    {
                        MemberId = run.MemberId,
                        PageSize = size,
                        PageToken = token,
                    },
                    run.Call()
                );
                return (page.Conversations, page.NextPageToken);
            },
            conversation =>
                conversation.Kind == ConversationKind.Pair
                && conversation.Members.Any(member => member.MemberId == other)
        );

    private static MessageResult Result(Message message, string? revision) =>
        new(
            message.ConversationId,
            message.Number,
            Format.Name(message.Kind),
            message.SenderId,
            message.Text,
            Format.Time(message.CreateTime),
            message.DeleteTime is null ? null : true,
            revision
        );

    private sealed record MessageResult(
        string ConversationId,
        long Number,
        string Kind,
        string SenderId,
        string Text,
        DateTimeOffset? CreateTime,
        bool? Deleted,
        string? Revision
    );
}
