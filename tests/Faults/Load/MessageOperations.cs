using Platform.Common.V1;
using Platform.Messaging.V1;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Load;

/// <summary>Messages between two, while they are connected and when they are not any more.</summary>
internal sealed class MessageOperations(WorldWorker worker)
{
    public Task SendAsync()
    {
        var pair = worker.AnyPair();
        return !pair.IsConnected ? Task.CompletedTask
            : pair.ConversationId.Length == 0 ? StartAsync(pair)
            : SendAsync(pair, worker.AnyOf(pair));
    }

    /// <summary>A message, or a conversation, that must be refused.</summary>
    public Task SendToUnconnectedAsync()
    {
        var pair = worker.AnyPair();
        if (pair.IsConnected)
        {
            return Task.CompletedTask;
        }
        var sender = worker.AnyOf(pair);
        if (pair.ConversationId.Length == 0)
        {
            var start = Start(pair, sender);
            return worker.WriteAsync(
                new Write<StartConversationResponse>(
                    "StartConversation in vain",
                    pair,
                    Both(pair),
                    options => worker.Of(sender).Messaging.StartConversationAsync(start, options),
                    _ => { }
                )
                {
                    Refusals = [ErrorReason.NotFirstDegree],
                    Forbidden = Violation.Unconnected,
                }
            );
        }
        var request = Send(pair);
        return worker.WriteAsync(
            new Write<SendMessageResponse>(
                "SendMessage in vain",
                pair,
                Both(pair),
                options => worker.Of(sender).Messaging.SendMessageAsync(request, options),
                _ => { }
            )
            {
                Refusals = [ErrorReason.NotFirstDegree],
                Forbidden = Violation.Unconnected,
            }
        );
    }

    public Task EditAsync()
    {
        var (pair, number, message) = AnyMessage();
        if (message is null)
        {
            return Task.CompletedTask;
        }
        var request = new EditMessageRequest
        {
            ConversationId = pair.ConversationId,
            Number = number,
            Text = worker.Unique("edited"),
            RequestId = worker.Unique("edit"),
        };
        ErrorReason[] refusals =
        [
            .. pair.IsConnected ? [] : new[] { ErrorReason.NotFirstDegree },
            .. message.IsDeleted ? [ErrorReason.MessageDeleted] : Array.Empty<ErrorReason>(),
        ];
        return worker.WriteAsync(
            new Write<EditMessageResponse>(
                "EditMessage",
                pair,
                Both(pair),
                options => worker.Of(message.Sender).Messaging.EditMessageAsync(request, options),
                _ => message.Text = request.Text
            )
            {
                Refusals = refusals,
                Forbidden =
                    !pair.IsConnected ? Violation.Unconnected
                    : message.IsDeleted ? Violation.Accepted
                    : null,
            }
        );
    }

    public Task DeleteAsync()
    {
        var (pair, number, message) = AnyMessage();
        if (message is null)
        {
            return Task.CompletedTask;
        }
        var request = new DeleteMessageRequest
        {
            ConversationId = pair.ConversationId,
            Number = number,
            RequestId = worker.Unique("delete"),
        };
        return worker.WriteAsync(
            new Write<DeleteMessageResponse>(
                "DeleteMessage",
                pair,
                Both(pair),
                options => worker.Of(message.Sender).Messaging.DeleteMessageAsync(request, options),
                _ => message.Delete()
            )
        );
    }

    public Task MarkReadAsync()
    {
        var (pair, number, message) = AnyMessage();
        if (message is null)
        {
            return Task.CompletedTask;
        }
        var reader = worker.AnyOf(pair);
        var request = new MarkReadRequest
        {
            ConversationId = pair.ConversationId,
            Number = number,
            RequestId = worker.Unique("read"),
        };
        return worker.WriteAsync(
            new Write<MarkReadResponse>(
                "MarkRead",
                pair,
                Both(pair),
                options => worker.Of(reader).Messaging.MarkReadAsync(request, options),
                _ =>
                    pair.ReadMarks[reader] = Math.Max(
                        number,
                        pair.ReadMarks.GetValueOrDefault(reader)
                    )
            )
        );
    }

    private Task StartAsync(Pair pair)
    {
        var starter = worker.AnyOf(pair);
        var request = Start(pair, starter);
        return worker.WriteAsync(
            new Write<StartConversationResponse>(
                "StartConversation",
                pair,
                Both(pair),
                options => worker.Of(starter).Messaging.StartConversationAsync(request, options),
                answer => pair.ConversationId = answer.Conversation.ConversationId
            )
        );
    }

    private Task SendAsync(Pair pair, string sender)
    {
        var request = Send(pair);
        return worker.WriteAsync(
            new Write<SendMessageResponse>(
                "SendMessage",
                pair,
                Both(pair),
                options => worker.Of(sender).Messaging.SendMessageAsync(request, options),
                answer =>
                {
                    pair.Messages.Add(new SentMessage(sender, request.Text));
                    if (answer.Message.Number != pair.Messages.Count)
                    {
                        worker.Report(
                            new(
                                Violation.Count,
                                $"message {request.Text} of {pair} got the number {answer.Message.Number}, "
                                    + $"as the {pair.Messages.Count}th that was acknowledged"
                            )
                        );
                    }
                }
            )
        );
    }

    private StartConversationRequest Start(Pair pair, string starter) =>
        new() { OtherMemberIds = { pair.Other(starter) }, RequestId = worker.Unique("start") };

    private SendMessageRequest Send(Pair pair) =>
        new()
        {
            ConversationId = pair.ConversationId,
            Text = worker.Unique("text"),
            RequestId = worker.Unique("send"),
        };

    private (Pair Pair, int Number, SentMessage? Message) AnyMessage()
    {
        var pair = worker.AnyPair();
        if (pair.Messages.Count == 0)
        {
            return (pair, 0, null);
        }
        // one of the last: older ones are read by the checker at the end
        var index = Math.Max(0, pair.Messages.Count - 1 - worker.Random.Next(10));
        return (pair, index + 1, pair.Messages[index]);
    }

    private static string[] Both(Pair pair) => [pair.First, pair.Second];
}
