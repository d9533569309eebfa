using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;
using Platform.Messaging.V1;

namespace Platform.Ctl.Messaging;

/// <summary>A live conversation of two.</summary>
public static class ChatCommand
{
    private const int MaxShown = 100;

    // a service that restarts is back within some of these
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommandFactory factory)
    {
        var member = Arguments.Member("A", "Who chats here");
        var other = Arguments.Member("B", "With whom; a first-degree connection of A");
        var history = new Option<int>("--history")
        {
            Description = "Begin with so many of the messages there are, at most 100",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        return factory.Create(
            "chat",
            """
            Chat with B as A: what is typed is sent, what happens is shown, until the end of input or Ctrl-C

            Lines that begin with / are commands: /edit NUMBER TEXT, /delete NUMBER, /quit. // begins a text with /.
            """,
            [member, other, history],
            async (context, cancellationToken) =>
            {
                var from = context.Parse.GetRequiredValue(member);
                using var session = await context.ActAsAsync(from, cancellationToken);
                var chat = new Chat(context, session, from);
                await chat.OpenAsync(
                    context.Parse.GetRequiredValue(other),
                    Math.Clamp(context.Parse.GetRequiredValue(history), 0, MaxShown),
                    cancellationToken
                );
                return await chat.RunAsync(cancellationToken);
            }
        );
    }

    private sealed class Chat(CommandContext context, GatewaySession session, string member)
    {
        private readonly MessagingService.MessagingServiceClient _client = new(session.Invoker);
        private string _conversationId = "";
        private string _cursor = "";

        /// <summary>Finds the conversation, takes a place in its stream, and then shows what was said before.</summary>
        public async Task OpenAsync(string other, int history, CancellationToken cancellationToken)
        {
            var started = await _client.StartConversationAsync(
                new StartConversationRequest { MemberId = member, OtherMemberIds = { other } },
                session.Call(cancellationToken)
            );
            _conversationId = started.Conversation.ConversationId;
            // first the place, then the past: what comes between the two comes by both ways
            _cursor = await BeginAsync(cancellationToken);
            if (history == 0)
            {
                return;
            }
            var page = await _client.ListMessagesAsync(
                new ListMessagesRequest
                {
                    MemberId = member,
                    ConversationId = _conversationId,
                    PageSize = history,
                },
                session.Call(cancellationToken)
            );
            foreach (var message in page.Messages.Reverse())
            {
                Show("message", message);
            }
            await MarkReadAsync(page.LastNumber, cancellationToken);
        }

        public async Task<int> RunAsync(CancellationToken cancellationToken)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var following = FollowAsync(ending.Token);
            try
            {
                // the terminal gives a line when it likes, and cannot be asked to stop
                while (
                    await Task.Run(context.Console.Input.ReadLine, cancellationToken)
                        .WaitAsync(cancellationToken)
                        is { } line
                    && line != "/quit"
                )
                {
                    if (line.Length > 0)
                    {
                        await SayAsync(line, cancellationToken);
                    }
                }
                return ExitCode.Ok;
            }
            finally
            {
                await ending.CancelAsync();
                await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private async Task SayAsync(string line, CancellationToken cancellationToken)
        {
            try
            {
                await DoAsync(line, cancellationToken);
            }
            catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
            {
                // a refusal ends a line, not the conversation
                var failure = GatewayFailure.From(exception);
                context.Console.WriteError(
                    failure.Reason,
                    failure.Message,
                    failure.Field,
                    failure.Metadata
                );
            }
        }

        private async Task DoAsync(string line, CancellationToken cancellationToken)
        {
            var parts = line.Split(' ', 3);
            if (parts is ["/edit", var edited, var text] && TryNumber(edited, out var number))
            {
                await _client.EditMessageAsync(
                    new EditMessageRequest
                    {
                        MemberId = member,
                        ConversationId = _conversationId,
                        Number = number,
                        Text = text,
                        RequestId = RequestIds.New(),
                    },
                    session.Call(cancellationToken)
                );
            }
            else if (parts is ["/delete", var deleted] && TryNumber(deleted, out number))
            {
                await _client.DeleteMessageAsync(
                    new DeleteMessageRequest
                    {
                        MemberId = member,
                        ConversationId = _conversationId,
                        Number = number,
                    },
                    session.Call(cancellationToken)
                );
            }
            else if (line.StartsWith('/') && !line.StartsWith("//", StringComparison.Ordinal))
            {
                context.Console.WriteNote("commands are /edit NUMBER TEXT, /delete NUMBER, /quit");
            }
            else
            {
                await SendAsync(line.StartsWith('/') ? line[1..] : line, cancellationToken);
            }
        }

        private async Task SendAsync(string text, CancellationToken cancellationToken)
        {
            var request = new SendMessageRequest
            {
                MemberId = member,
                ConversationId = _conversationId,
                Text = text,
                RequestId = RequestIds.New(),
            };
            // once more where it is not known whether it was stored: under the same id it is stored once
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    await _client.SendMessageAsync(request, session.Call(cancellationToken));
                    return;
                }
                catch (RpcException exception)
                    when (exception.StatusCode
                            is StatusCode.Unavailable
                                or StatusCode.DeadlineExceeded
                        && attempt < 5
                        && !cancellationToken.IsCancellationRequested
                    )
                {
                    await Task.Delay(Pause, context.Time, cancellationToken);
                }
            }
        }

        private async Task<string> BeginAsync(CancellationToken cancellationToken)
        {
            using var call = Subscribe("", cancellationToken);
            return await call.ResponseStream.MoveNext(cancellationToken)
                ? call.ResponseStream.Current.Cursor
                : "";
        }

        private async Task FollowAsync(CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    using var call = Subscribe(_cursor, cancellationToken);
                    await foreach (var sent in call.ResponseStream.ReadAllAsync(cancellationToken))
                    {
                        _cursor = sent.Cursor.Length > 0 ? sent.Cursor : _cursor;
                        await ShowAsync(sent, cancellationToken);
                    }
                }
                catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
                {
                    var failure = GatewayFailure.From(exception);
                    context.Console.WriteNote($"{failure.Reason}: going on from the last event");
                    if (exception.StatusCode is StatusCode.OutOfRange or StatusCode.InvalidArgument)
                    {
                        _cursor = "";
                    }
                }
                await Task.Delay(Pause, context.Time, cancellationToken);
            }
        }

        private AsyncServerStreamingCall<SubscribeResponse> Subscribe(
            string cursor,
            CancellationToken cancellationToken
        ) =>
            _client.Subscribe(
                new SubscribeRequest
                {
                    MemberId = member,
                    Cursor = cursor,
                    ConversationIds = { _conversationId },
                },
                cancellationToken: cancellationToken
            );

        private async Task ShowAsync(SubscribeResponse sent, CancellationToken cancellationToken)
        {
            if (sent.MessageSent is { } message)
            {
                Show("message", message);
                if (message.SenderId != member)
                {
                    await MarkReadAsync(message.Number, cancellationToken);
                }
            }
            else if (sent.MessageChanged is { } changed)
            {
                Show(changed.DeleteTime is null ? "edited" : "deleted", changed);
            }
            else if (sent.ReadMoved is { } read && read.MemberId != member)
            {
                context.Write(
                    new ChatResult("read", read.ReadNumber, read.MemberId, null, null),
                    $"      {read.MemberId} has read up to {read.ReadNumber}"
                );
            }
            else if (sent.Typing is { } typing)
            {
                context.Write(
                    new ChatResult("typing", null, typing.MemberId, null, null),
                    $"      {typing.MemberId} is typing"
                );
            }
        }

        private void Show(string what, Message message)
        {
            var deleted = message.DeleteTime is not null;
            var mark = what == "edited" ? " (edited)" : "";
            context.Write(
                new ChatResult(
                    what,
                    message.Number,
                    message.SenderId,
                    deleted ? null : message.Text,
                    Format.Time(message.CreateTime)
                ),
                $"{message.Number, 4}  {message.SenderId}: {(deleted ? "(deleted)" : message.Text)}{mark}"
            );
        }

        private async Task MarkReadAsync(long number, CancellationToken cancellationToken)
        {
            if (number == 0)
            {
                return;
            }
            try
            {
                await _client.MarkReadAsync(
                    new MarkReadRequest
                    {
                        MemberId = member,
                        ConversationId = _conversationId,
                        Number = number,
                    },
                    session.Call(cancellationToken)
                );
            }
            catch (RpcException) when (!cancellationToken.IsCancellationRequested)
            {
                // of no concern to what is being read; the next mark says it as well
            }
        }

        private static bool TryNumber(string text, out long number) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }

    private sealed record ChatResult(
        string Event,
        long? Number,
        string MemberId,
        string? Text,
        DateTimeOffset? CreateTime
    );
}
