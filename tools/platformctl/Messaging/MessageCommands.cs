using System.CommandLine;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;
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
        return factory.Create(
            "message",
            "Send a message from A to B",
            [sender, recipient, text],
            async (context, cancellationToken) =>
            {
                var from = context.Parse.GetRequiredValue(sender);
                var to = context.Parse.GetRequiredValue(recipient);
                using var session = await context.ActAsAsync(from, cancellationToken);
                var client = new MessagingService.MessagingServiceClient(session.Invoker);
                var started = await client.StartConversationAsync(
                    new StartConversationRequest { MemberId = from, OtherMemberIds = { to } },
                    session.Call(cancellationToken)
                );
                var sent = await client.SendMessageAsync(
                    new SendMessageRequest
                    {
                        MemberId = from,
                        ConversationId = started.Conversation.ConversationId,
                        Text = context.Parse.GetRequiredValue(text),
                        RequestId = RequestIds.New(),
                    },
                    session.Call(cancellationToken)
                );
                context.Write(
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
        return factory.Create(
            "messages",
            "Show the messages between A and B, the newest last",
            [reader, other, limit],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(reader);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var client = new MessagingService.MessagingServiceClient(session.Invoker);
                var conversation = await FindPairAsync(
                    client,
                    session,
                    member,
                    context.Parse.GetRequiredValue(other),
                    cancellationToken
                );
                var messages = conversation is null
                    ? new Listing<Message>([], More: false)
                    : await Pages.CollectAsync<Message>(
                        context.Parse.GetRequiredValue(limit),
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
                                session.Call(cancellationToken)
                            );
                            return (page.Messages, page.NextPageToken);
                        }
                    );
                context.WriteList(
                    new Listing<MessageResult>(
                        [.. messages.Items.Reverse().Select(message => Result(message, null))],
                        messages.More
                    ),
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
                );
            }
        );
    }

    // Starting a conversation would find it too, but would make one where there is none; reading shall not.
    private static async Task<Conversation?> FindPairAsync(
        MessagingService.MessagingServiceClient client,
        GatewaySession session,
        string member,
        string other,
        CancellationToken cancellationToken
    )
    {
        var token = "";
        do
        {
            var page = await client.ListConversationsAsync(
                new ListConversationsRequest
                {
                    MemberId = member,
                    PageSize = MaxPageSize,
                    PageToken = token,
                },
                session.Call(cancellationToken)
            );
            var found = page.Conversations.FirstOrDefault(conversation =>
                conversation.Kind == ConversationKind.Pair
                && conversation.Members.Any(m => m.MemberId == other)
            );
            if (found is not null)
            {
                return found;
            }

            token = page.NextPageToken;
        } while (token.Length > 0);

        return null;
    }

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
