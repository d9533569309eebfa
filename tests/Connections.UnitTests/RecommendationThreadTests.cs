using Platform.Common.V1;
using Platform.Connections.Recommendations;
using Platform.Connections.Relationships;

namespace Platform.Tests.Connections.UnitTests;

public sealed class RecommendationThreadTests
{
    private const string Author = "ann";
    private const string Recipient = "bob";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PairStatus Connected = new(
        RelationshipState.Connected,
        Side.Low,
        InvitationNumber: 3,
        Side.None
    );
    private static readonly PairStatus Removed = Connected with
    {
        State = RelationshipState.Removed,
    };
    private static readonly RecommendationThread Nothing = RecommendationThread.None(
        new RecommendationKey(Author, Recipient)
    );

    private static readonly Dictionary<string, RecommendationThread> Situations = Make();

    public static TheoryData<string, string, string> Table()
    {
        // R requested, W written, A accepted, V revision asked, N revised (new text), T withdrawn, D declined;
        // X exists, - refused by the state
        string[] verbs =
        [
            "write",
            "revise",
            "author declines",
            "author withdraws",
            "request",
            "accept",
            "decline",
            "hide",
            "show",
            "ask",
            "withdraw",
        ];
        var rows = new (string Situation, string Outcomes)[]
        {
            ("nothing", "W???R??????"),
            ("requested", "W-D-X-----T"),
            ("written", "XN-TXAD--V-"),
            ("asked", "XNWTX-D---W"),
            ("revised", "XN-TXAD--V-"),
            ("asked again", "XNNTX-D---N"),
            ("accepted", "XN-TX--AAV-"),
            ("accepted, asked", "XNATX--VV-A"),
            ("accepted, revised", "XN-TXAANNV-"),
            ("accepted, asked again", "XNNTX-AVV-N"),
            ("hidden", "XN-TX--AAV-"),
            ("withdrawn", "W---R------"),
            ("declined", "W---R------"),
            ("declined after a revision", "W---R------"),
            ("request declined", "W---R------"),
        };
        var table = new TheoryData<string, string, string>();
        foreach (var (situation, outcomes) in rows)
        {
            for (var verb = 0; verb < verbs.Length; verb++)
            {
                table.Add(situation, verbs[verb], outcomes[verb].ToString());
            }
        }
        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void EachVerb_InEachSituation_EndsAsTheTableSays(
        string situation,
        string verb,
        string expected
    )
    {
        var before = Situations[situation];

        var decision = Decide(before, verb, Connected);

        switch (expected)
        {
            case "X":
                AssertRefused(ErrorReason.RecommendationExists, decision);
                break;
            case "-":
                AssertRefused(ErrorReason.RecommendationState, decision);
                Assert.Equal(
                    NameOf(before.Latest!.State),
                    decision.Refusal!.Metadata["state"],
                    ignoreCase: true
                );
                break;
            case "?":
                AssertRefused(ErrorReason.RecommendationNotFound, decision);
                break;
            default:
                Assert.Null(decision.Refusal);
                var state = expected switch
                {
                    "R" => RecommendationState.Requested,
                    "W" => RecommendationState.Written,
                    "A" => RecommendationState.Accepted,
                    "V" => RecommendationState.RevisionAsked,
                    "N" => RecommendationState.Revised,
                    "T" => RecommendationState.Withdrawn,
                    _ => RecommendationState.Declined,
                };
                Assert.Equal(state, decision.Answer!.Recommendation.State);
                // a new one after one that ended, else the same
                Assert.Equal(
                    (before.Latest?.Number ?? 0) + (before.Latest is { IsFinal: false } ? 0 : 1),
                    decision.Answer.Recommendation.Number
                );
                break;
        }
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("hide")]
    [InlineData("show")]
    [InlineData("ask")]
    public void RecipientsVerbs_ByTheAuthor_AreRefused(string verb)
    {
        foreach (var (name, thread) in Situations.Where(entry => entry.Value.Latest is not null))
        {
            var decision = Decide(thread, verb, Connected, actor: Author);
            Assert.True(
                decision.Refusal?.Reason == ErrorReason.RecommendationState,
                $"{verb} of {name}"
            );
        }
    }

    [Fact]
    public void Revise_ByTheRecipient_IsRefused() =>
        AssertRefused(
            ErrorReason.RecommendationState,
            Decide(Situations["written"], "revise", Connected, actor: Recipient)
        );

    [Theory]
    [InlineData("nothing", "write")]
    [InlineData("nothing", "request")]
    [InlineData("requested", "write")]
    [InlineData("written", "accept")]
    [InlineData("written", "revise")]
    [InlineData("written", "ask")]
    [InlineData("accepted", "revise")]
    [InlineData("accepted, revised", "accept")]
    public void NotConnected_WhatGoesOn_IsRefused(string situation, string verb) =>
        AssertRefused(ErrorReason.NotFirstDegree, Decide(Situations[situation], verb, Removed));

    [Theory]
    [InlineData("requested", "author declines", RecommendationState.Declined)]
    [InlineData("requested", "withdraw", RecommendationState.Withdrawn)]
    [InlineData("written", "decline", RecommendationState.Declined)]
    [InlineData("written", "author withdraws", RecommendationState.Withdrawn)]
    [InlineData("accepted", "author withdraws", RecommendationState.Withdrawn)]
    [InlineData("accepted", "hide", RecommendationState.Accepted)]
    [InlineData("hidden", "show", RecommendationState.Accepted)]
    [InlineData("accepted, revised", "decline", RecommendationState.Accepted)]
    public void NotConnected_WhatEndsOrShows_IsPossible(
        string situation,
        string verb,
        RecommendationState expected
    ) =>
        Assert.Equal(
            expected,
            Decide(Situations[situation], verb, Removed).Answer!.Recommendation.State
        );

    [Fact]
    public void Blocked_AnySituation_IsNotThereForEither()
    {
        string[] verbs = ["revise", "author declines", "author withdraws", "accept", "decline"];
        foreach (var blockedBy in new[] { Side.Low, Side.High, Side.Low | Side.High })
        {
            var blocked = Removed with { BlockedBy = blockedBy, BlockedThrough = 3 };
            foreach (var thread in Situations.Values)
            {
                Assert.False(thread.Latest?.Outlives(blocked) ?? false);
                Assert.All(
                    verbs,
                    verb =>
                        AssertRefused(
                            ErrorReason.RecommendationNotFound,
                            Decide(thread, verb, blocked)
                        )
                );
                AssertRefused(ErrorReason.NotFirstDegree, Decide(thread, "write", blocked));
                AssertRefused(ErrorReason.NotFirstDegree, Decide(thread, "request", blocked));
            }
        }
    }

    [Fact]
    public void BlockedBefore_ConnectedAgain_OnlyNewOnesAreThere()
    {
        var again = Connected with { InvitationNumber = 4, BlockedThrough = 3 };
        var accepted = Situations["accepted"];
        Assert.False(accepted.Latest!.Outlives(again));
        AssertRefused(
            ErrorReason.RecommendationNotFound,
            Decide(accepted, "author withdraws", again)
        );

        var written = Decide(accepted, "write", again);

        Assert.Equal(2, written.Answer!.Recommendation.Number);
        Assert.Equal(4, written.Answer.Recommendation.ConnectionNumber);
        Assert.True(written.Answer.Recommendation.Outlives(again));
        Assert.Null(written.Answer.Recommendation.AcceptTime);
    }

    [Fact]
    public void Write_WhileTheBlockIsStored_EndsWithTheBlock()
    {
        // the author's replica read the pair before the block, and stores after it
        var late = Decide(Nothing, "write", Connected).Answer!.Recommendation;

        Assert.False(late.Outlives(Connected with { BlockedThrough = 3, InvitationNumber = 4 }));
    }

    [Fact]
    public void Accept_TextChangedSinceItWasRead_IsRefused()
    {
        var read = Situations["written"];
        var revised = Then(read, "revise");

        AssertRefused(
            ErrorReason.RecommendationState,
            revised.Accept(Command(Recipient, Connected), 1, read.Latest!.UpdateTime)
        );
        var accepted = revised.Accept(Command(Recipient, Connected), 1, revised.Latest!.UpdateTime);
        Assert.Equal("revised", accepted.Answer!.Recommendation.Text);
    }

    [Fact]
    public void Revise_Accepted_KeepsTheAcceptedTextUntilTheNewOneIsAccepted()
    {
        var revised = Then(Situations["accepted"], "revise").Latest!;
        Assert.True(revised.IsPublic);
        Assert.Equal(("text", "colleague"), (revised.Text, revised.Relationship));
        Assert.Equal(("revised", "manager"), (revised.RevisedText, revised.RevisedRelationship));

        var accepted = Then(Then(Situations["accepted"], "revise"), "accept").Latest!;
        Assert.Equal(("revised", "manager"), (accepted.Text, accepted.Relationship));
        Assert.Equal(("", ""), (accepted.RevisedText, accepted.RevisedRelationship));
        Assert.True(accepted.AcceptTime > Situations["accepted"].Latest!.AcceptTime);
    }

    [Fact]
    public void Revise_WithoutRelationship_KeepsTheLatestOne()
    {
        var once = Situations["accepted"].Revise(Command(Author, Connected), 1, "second", "").Next!;
        Assert.Equal("colleague", once.Latest!.RevisedRelationship);
        var twice = Then(once, "revise").Revise(Command(Author, Connected), 1, "third", "").Next!;
        Assert.Equal("manager", twice.Latest!.RevisedRelationship);
    }

    [Fact]
    public void Write_AskedFor_KeepsWhatTheRecipientSaid()
    {
        var requested = Nothing
            .Request(Command(Recipient, Connected), "please", "my manager")
            .Next!;

        var written = requested.Write(Command(Author, Connected), "text", "").Next!.Latest!;

        Assert.Equal(("please", "my manager"), (written.RequestText, written.Relationship));
        Assert.Equal(requested.Latest!.CreateTime, written.CreateTime);
    }

    [Fact]
    public void Withdraw_AnyText_LeavesNone()
    {
        foreach (var name in new[] { "written", "accepted", "accepted, asked again" })
        {
            var withdrawn = Then(Situations[name], "author withdraws").Latest!;
            Assert.False(withdrawn.IsPublic);
            Assert.Equal(
                ["", "", "", "", "", ""],
                [
                    withdrawn.Text,
                    withdrawn.Relationship,
                    withdrawn.RequestText,
                    withdrawn.RevisionRequestText,
                    withdrawn.RevisedText,
                    withdrawn.RevisedRelationship,
                ]
            );
        }
    }

    [Fact]
    public void AsPublic_WhateverWaits_ShowsOnlyTheAcceptedText()
    {
        foreach (
            var name in new[]
            {
                "accepted",
                "accepted, asked",
                "accepted, revised",
                "accepted, asked again",
            }
        )
        {
            var recommendation = Situations[name].Latest!;
            Assert.True(recommendation.IsPublic);
            Assert.Equal(Situations["accepted"].Latest!.AsPublic(), recommendation.AsPublic());
        }
        Assert.All(
            Situations.Where(entry => !entry.Key.StartsWith("accepted", StringComparison.Ordinal)),
            entry => Assert.False(entry.Value.Latest?.IsPublic ?? false)
        );
    }

    [Fact]
    public void RequestId_Repeated_GivesTheFirstAnswerWhateverHappenedSince()
    {
        var request = new RequestKey("r1", "content");
        var first = Situations["written"]
            .Accept(Command(Recipient, Connected, request, revision: 7), 1);
        var withdrawn = Then(first.Next!, "author withdraws");

        var blocked = Removed with { BlockedBy = Side.Low, BlockedThrough = 3 };
        var again = withdrawn.Accept(Command(Recipient, blocked, request, revision: 9), 1);

        Assert.Null(again.Next);
        Assert.Equal(first.Answer, again.Answer);
        Assert.Equal(7, again.Answer!.Revision);
        AssertRefused(
            ErrorReason.RequestIdReused,
            withdrawn.Decline(Command(Recipient, Connected, new RequestKey("r1", "another")), 1)
        );
        // request ids of the two members do not meet
        AssertRefused(
            ErrorReason.RecommendationState,
            withdrawn.Accept(Command(Author, Connected, request), 1)
        );
    }

    [Fact]
    public void Hide_Hidden_IsRememberedOnlyForItsRequestId()
    {
        var hidden = Situations["hidden"];
        var without = hidden.Show(Command(Recipient, Connected), 1, shown: false);
        Assert.Null(without.Next);
        Assert.Equal(hidden.Latest, without.Answer!.Recommendation);

        var request = new RequestKey("r1", "content");
        var with = hidden.Show(Command(Recipient, Connected, request), 1, shown: false).Next!;
        Assert.Equal(hidden.Latest, with.Latest);
        var shown = Then(with, "show");
        var again = shown.Show(Command(Recipient, Connected, request), 1, shown: false);
        Assert.Null(again.Next);
        Assert.False(again.Answer!.Recommendation.Shown);
    }

    [Fact]
    public void UpdateTime_ClockStandsOrGoesBack_StillGrows()
    {
        var thread = Situations["accepted"];
        var early = new RecommendationCommand(Recipient, Start.AddYears(-1), Connected, 0);

        var hidden = thread.Show(early, 1, shown: false).Next!;
        var shown = hidden.Show(early, 1, shown: true).Next!;

        Assert.True(hidden.Latest!.UpdateTime > thread.Latest!.UpdateTime);
        Assert.True(shown.Latest!.UpdateTime > hidden.Latest.UpdateTime);
    }

    [Fact]
    public void OtherNumber_EachVerb_IsNotFound()
    {
        foreach (var number in new[] { 0, 2 })
        {
            AssertRefused(
                ErrorReason.RecommendationNotFound,
                Situations["written"].Accept(Command(Recipient, Connected), number)
            );
        }
    }

    [Fact]
    public void Stranger_AnyVerb_IsAFault() =>
        Assert.Throws<ArgumentException>(() =>
            Situations["written"].Accept(Command("eve", Connected), 1)
        );

    private static Dictionary<string, RecommendationThread> Make()
    {
        var requested = Then(Nothing, "request");
        var written = Then(Nothing, "write");
        var accepted = Then(written, "accept");
        return new Dictionary<string, RecommendationThread>
        {
            ["nothing"] = Nothing,
            ["requested"] = requested,
            ["written"] = written,
            ["asked"] = Then(written, "ask"),
            ["revised"] = Then(written, "revise"),
            ["asked again"] = Then(Then(written, "revise"), "ask"),
            ["accepted"] = accepted,
            ["accepted, asked"] = Then(accepted, "ask"),
            ["accepted, revised"] = Then(accepted, "revise"),
            ["accepted, asked again"] = Then(Then(accepted, "revise"), "ask"),
            ["hidden"] = Then(accepted, "hide"),
            ["withdrawn"] = Then(accepted, "author withdraws"),
            ["declined"] = Then(written, "decline"),
            ["declined after a revision"] = Then(Then(written, "revise"), "decline"),
            ["request declined"] = Then(requested, "author declines"),
        };
    }

    private static RecommendationThread Then(RecommendationThread thread, string verb)
    {
        var decision = Decide(thread, verb, Connected);
        Assert.Null(decision.Refusal);
        return decision.Next! with { Revision = thread.Revision + 1 };
    }

    private static RecommendationDecision Decide(
        RecommendationThread thread,
        string verb,
        PairStatus pair,
        string? actor = null
    )
    {
        var number = thread.Latest?.Number ?? 1;
        var byAuthor = Command(actor ?? Author, pair);
        var byRecipient = Command(actor ?? Recipient, pair);
        return verb switch
        {
            "write" => thread.Write(byAuthor, "text", "colleague"),
            "revise" => thread.Revise(byAuthor, number, "revised", "manager"),
            "author declines" => thread.Decline(byAuthor, number),
            "author withdraws" => thread.Withdraw(byAuthor, number),
            "request" => thread.Request(byRecipient, "please", ""),
            "accept" => thread.Accept(byRecipient, number),
            "decline" => thread.Decline(byRecipient, number),
            "hide" => thread.Show(byRecipient, number, shown: false),
            "show" => thread.Show(byRecipient, number, shown: true),
            "ask" => thread.AskForRevision(byRecipient, number, "shorter"),
            "withdraw" => thread.Withdraw(byRecipient, number),
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "No such verb."),
        };
    }

    private static RecommendationCommand Command(
        string actor,
        PairStatus pair,
        RequestKey? request = null,
        long revision = 0
    ) => new(actor, Start, pair, revision, request);

    private static string NameOf(RecommendationState state) =>
        state == RecommendationState.RevisionAsked ? "revision_asked" : state.ToString();

    private static void AssertRefused(ErrorReason reason, RecommendationDecision decision)
    {
        Assert.Equal(reason, decision.Refusal?.Reason);
        Assert.Null(decision.Next);
    }
}
