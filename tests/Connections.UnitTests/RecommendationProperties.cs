using CsCheck;
using Platform.Common.V1;
using Platform.Connections.Recommendations;
using Platform.Connections.Relationships;

namespace Platform.Tests.Connections.UnitTests;

/// <summary>What holds after any sequence of commands from both members, while they connect, disconnect and block.</summary>
public sealed class RecommendationProperties
{
    private const string Author = "ann";
    private const string Recipient = "bob";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private enum Verb
    {
        Request,
        Write,
        Accept,
        Decline,
        Hide,
        Show,
        AskForRevision,
        Revise,
        Withdraw,
    }

    private enum Event
    {
        None,
        Disconnect,
        Connect,
        Block,
        Unblock,
    }

    /// <param name="Request">0 for none; small, so that ids repeat, with the same content and with another.</param>
    private sealed record Step(
        Verb Verb,
        bool ByAuthor,
        int NumberOffset,
        TimeSpan Wait,
        int Request,
        bool OtherContent,
        Event Before
    );

    private static readonly Gen<Step> Steps = Gen.Select(
            Gen.Enum<Verb>(),
            Gen.Bool,
            Gen.Frequency((12, 0), (1, 1), (1, -1)),
            // clocks of replicas differ: time may go back
            Gen.OneOf(
                TimeSpan.Zero,
                TimeSpan.FromMilliseconds(1),
                TimeSpan.FromMilliseconds(-5),
                TimeSpan.FromHours(13)
            ),
            Gen.Int[0, 5],
            Gen.Frequency((9, false), (1, true)),
            Gen.Frequency(
                (20, Event.None),
                (2, Event.Connect),
                (1, Event.Disconnect),
                (1, Event.Block),
                (1, Event.Unblock)
            )
        )
        .Select(step => new Step(
            step.Item1,
            step.Item2,
            step.Item3,
            step.Item4,
            step.Item5,
            step.Item6,
            step.Item7
        ));

    [Fact]
    public void AnySequence_KeepsTheInvariants() =>
        Steps
            .List[0, 80]
            .Sample(
                steps =>
                {
                    var now = Start;
                    var text = 0;
                    var acceptable = new HashSet<string>();
                    var pair = new PairStatus(RelationshipState.Connected, Side.Low, 1, Side.None);
                    var thread = RecommendationThread.None(
                        new RecommendationKey(Author, Recipient)
                    );
                    foreach (var step in steps)
                    {
                        now += step.Wait;
                        pair = After(pair, step.Before);
                        var words = $"text {++text}";
                        var decision = Decide(thread, step, now, pair, words);
                        AssertDecision(thread, decision, step, pair);
                        if (decision.Next is not { } next)
                        {
                            continue;
                        }
                        var stored = next with { Revision = thread.Revision + 1 };
                        AssertInvariants(thread, stored, step);
                        AssertRepeatable(stored, decision, step, now, pair, words);
                        if (step is { Verb: Verb.Accept })
                        {
                            acceptable.Add(stored.Latest!.Text);
                        }
                        // nothing is on a profile but what its owner accepted
                        Assert.True(
                            !stored.Latest!.IsPublic || acceptable.Contains(stored.Latest.Text)
                        );
                        thread = stored;
                    }
                },
                iter: 5000
            );

    private static PairStatus After(PairStatus pair, Event change) =>
        change switch
        {
            Event.Disconnect when pair.State == RelationshipState.Connected => pair with
            {
                State = RelationshipState.Removed,
            },
            Event.Connect
                when pair.State != RelationshipState.Connected && pair.BlockedBy == Side.None =>
                pair with
                {
                    State = RelationshipState.Connected,
                    InvitationNumber = pair.InvitationNumber + 1,
                },
            Event.Block => pair with
            {
                State = RelationshipState.None,
                BlockedBy = Side.Low,
                BlockedThrough = pair.InvitationNumber,
            },
            Event.Unblock => pair with { BlockedBy = Side.None },
            _ => pair,
        };

    private static RecommendationDecision Decide(
        RecommendationThread thread,
        Step step,
        DateTimeOffset now,
        PairStatus pair,
        string words
    )
    {
        // only the author writes, only the recipient asks: their handlers have no other way
        var actor = step.Verb switch
        {
            Verb.Request => Recipient,
            Verb.Write => Author,
            _ => step.ByAuthor ? Author : Recipient,
        };
        var command = new RecommendationCommand(
            actor,
            now,
            pair,
            Revision: 1,
            step.Request == 0
                ? null
                : new RequestKey($"r{step.Request}", $"{step.Verb}{(step.OtherContent ? "!" : "")}")
        );
        var number = (thread.Latest?.Number ?? 0) + step.NumberOffset;
        return step.Verb switch
        {
            Verb.Request => thread.Request(command, words, ""),
            Verb.Write => thread.Write(command, words, ""),
            Verb.Accept => thread.Accept(command, number),
            Verb.Decline => thread.Decline(command, number),
            Verb.Hide => thread.Show(command, number, shown: false),
            Verb.Show => thread.Show(command, number, shown: true),
            Verb.AskForRevision => thread.AskForRevision(command, number, words),
            Verb.Revise => thread.Revise(command, number, words, ""),
            _ => thread.Withdraw(command, number),
        };
    }

    private static void AssertDecision(
        RecommendationThread before,
        RecommendationDecision decision,
        Step step,
        PairStatus pair
    )
    {
        // exactly one of: an answer, with or without a change, or a refusal
        Assert.Equal(decision.Refusal is null, decision.Answer is not null);
        Assert.False(decision.Refusal is not null && decision.Next is not null);
        if (decision.Next is not { } next)
        {
            return;
        }
        Assert.Equal(before.Revision, next.Revision);
        Assert.Equal(decision.Answer!.Recommendation, next.Latest);
        // nothing is changed behind a block
        Assert.True(next.Latest!.Outlives(pair));
        if (
            step.Verb
            is Verb.Request
                or Verb.Write
                or Verb.Accept
                or Verb.AskForRevision
                or Verb.Revise
        )
        {
            Assert.Equal(RelationshipState.Connected, pair.State);
        }
        if (step.Verb is Verb.Accept or Verb.Hide or Verb.Show or Verb.AskForRevision)
        {
            Assert.False(step.ByAuthor);
        }
        if (before.Latest is not { } old || old.Number != next.Latest.Number)
        {
            Assert.True(step.Verb is Verb.Request or Verb.Write);
            // there is at most one at a time: the last one ended, by itself or by a block
            Assert.True(
                before.Latest is null || before.Latest.IsFinal || !before.Latest.Outlives(pair)
            );
            Assert.Equal((before.Latest?.Number ?? 0) + 1, next.Latest.Number);
        }
        else
        {
            Assert.False(old.IsFinal);
            // the recipient decides what is shown, and the author can only take it away
            Assert.True(
                next.Latest.Text == old.Text
                    || step.Verb is Verb.Accept or Verb.Write or Verb.Withdraw
            );
            Assert.True(
                next.Latest.Shown == old.Shown
                    || step.Verb is Verb.Accept or Verb.Hide or Verb.Show or Verb.Withdraw
            );
            Assert.Equal(old.CreateTime, next.Latest.CreateTime);
        }
    }

    private static void AssertInvariants(
        RecommendationThread before,
        RecommendationThread stored,
        Step step
    )
    {
        var latest = stored.Latest!;
        Assert.Equal(
            latest.State switch
            {
                RecommendationState.Requested or RecommendationState.Withdrawn => false,
                RecommendationState.Declined => latest.Text.Length > 0,
                _ => true,
            },
            latest.Text.Length > 0
        );
        Assert.True(!latest.Shown || latest.IsAccepted);
        Assert.True(
            latest.RevisedText.Length == 0
                || latest.State
                    is RecommendationState.Revised
                        or RecommendationState.RevisionAsked
                        or RecommendationState.Declined
        );
        Assert.True(latest.State != RecommendationState.Revised || latest.RevisedText.Length > 0);
        Assert.True(latest.State != RecommendationState.Accepted || latest.AcceptTime is not null);
        Assert.True(latest.CreateTime <= latest.UpdateTime);
        Assert.True(latest.AcceptTime is null || latest.AcceptTime <= latest.UpdateTime);
        if (before.Latest is { } old && old != latest)
        {
            Assert.True(old.UpdateTime < latest.UpdateTime);
        }
        Assert.True(stored.RecentMutations.Count <= RecommendationThread.MaxRecentMutations);
        Assert.True(latest.IsPublic == latest.AsPublic().IsPublic, $"{step}");
    }

    // whatever was just stored with a request id, asked again, changes nothing and gives the same answer, block or no block
    private static void AssertRepeatable(
        RecommendationThread stored,
        RecommendationDecision first,
        Step step,
        DateTimeOffset now,
        PairStatus pair,
        string words
    )
    {
        if (step.Request == 0)
        {
            return;
        }
        var again = Decide(
            stored,
            step,
            now + TimeSpan.FromHours(1),
            After(pair, Event.Block),
            words
        );
        Assert.Null(again.Next);
        Assert.Null(again.Refusal);
        Assert.Equal(first.Answer, again.Answer);
        Assert.Equal(ErrorReason.RequestIdReused, Reused()?.Reason);

        Platform.ServiceDefaults.Errors.DomainException? Reused() =>
            Decide(
                stored,
                step with
                {
                    OtherContent = !step.OtherContent,
                },
                now + TimeSpan.FromHours(1),
                pair,
                words
            ).Refusal;
    }
}
