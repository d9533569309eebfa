using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Recommendations;

/// <summary>
/// All that one member wrote, or was asked to write, about another, as one document: the state machine of recommending. Of those
/// that ended only the latest is kept. It is immutable; each command decides on a new one, an answer or a refusal, and
/// whoever executes the decision stores it if the revision is still the same: see <see cref="Relationship"/>.
/// </summary>
public sealed record RecommendationThread
{
    /// <summary>How many mutations with a <c>request_id</c> are remembered at most; the oldest go first. Each may hold two texts.</summary>
    public const int MaxRecentMutations = 16;

    /// <summary>Who recommends whom.</summary>
    public required RecommendationKey Key { get; init; }

    /// <summary>The latest recommendation; null when there never was one.</summary>
    public Recommendation? Latest { get; init; }

    /// <summary>The mutations that can be repeated, oldest first.</summary>
    public IReadOnlyList<RecommendationMutation> RecentMutations { get; init; } = [];

    /// <summary>How often it was stored; 0 when nothing is.</summary>
    public long Revision { get; init; }

    /// <summary>The thread of two members of whom neither ever recommended the other.</summary>
    public static RecommendationThread None(RecommendationKey key) => new() { Key = key };

    /// <summary>The recipient asks for a recommendation.</summary>
    public RecommendationDecision Request(
        RecommendationCommand command,
        string text,
        string relationship
    ) =>
        FindRepetition(command)
        ?? RefuseUnlessConnected(command)
        ?? (IsOpen(command.Pair) ? RefuseAsExisting() : null)
        ?? Store(
            command,
            Begin(command, RecommendationState.Requested) with
            {
                RequestText = text,
                Relationship = relationship,
            }
        );

    /// <summary>The author writes one, asked to or not.</summary>
    public RecommendationDecision Write(
        RecommendationCommand command,
        string text,
        string relationship
    )
    {
        if ((FindRepetition(command) ?? RefuseUnlessConnected(command)) is { } settled)
        {
            return settled;
        }
        if (!IsOpen(command.Pair))
        {
            return Store(
                command,
                Begin(command, RecommendationState.Written) with
                {
                    Text = text,
                    Relationship = relationship,
                }
            );
        }
        return Latest!.State == RecommendationState.Requested
            ? Store(
                command,
                Latest with
                {
                    State = RecommendationState.Written,
                    Text = text,
                    // what the recipient said of it stands unless the author says otherwise
                    Relationship = relationship.Length > 0 ? relationship : Latest.Relationship,
                }
            )
            : RefuseAsExisting();
    }

    /// <summary>Whether the author could write now: what <see cref="Write"/> does without a repetition; null when it would be done.</summary>
    public DomainException? ObstacleToWrite(PairStatus pair) =>
        Write(new RecommendationCommand(Key.AuthorId, default, pair, Revision: 0), "", "").Refusal;

    /// <summary>Accepts the text that waits, and shows it; only the recipient.</summary>
    /// <param name="command">Who, when.</param>
    /// <param name="number">Which recommendation of the two.</param>
    /// <param name="seen">
    /// The <see cref="Recommendation.UpdateTime"/> of what the recipient read; null accepts whatever waits. It keeps an author
    /// from changing the text in the moment in which it is accepted.
    /// </param>
    public RecommendationDecision Accept(
        RecommendationCommand command,
        int number,
        DateTimeOffset? seen = null
    )
    {
        if (
            (
                FindRepetition(command)
                ?? RefuseUnlessThere(command, number)
                ?? RefuseUnless(
                    command,
                    RecommendationRole.Recipient,
                    RecommendationState.Written,
                    RecommendationState.Revised
                )
            ) is
            { } settled
        )
        {
            return settled;
        }
        if (seen is { } time && time != Latest!.UpdateTime)
        {
            return RefuseState("The recommendation has changed since it was read.");
        }
        var revised = Latest!.RevisedText.Length > 0;
        return RefuseUnlessConnected(command)
            ?? Store(
                command,
                Latest with
                {
                    State = RecommendationState.Accepted,
                    Shown = true,
                    Text = revised ? Latest.RevisedText : Latest.Text,
                    Relationship = revised ? Latest.RevisedRelationship : Latest.Relationship,
                    RevisedText = "",
                    RevisedRelationship = "",
                    RevisionRequestText = "",
                    AcceptTime = TimeOf(command),
                }
            );
    }

    /// <summary>
    /// The recipient declines a text that waits, the author a request. A text accepted before stays accepted: then only what is
    /// newer than it is declined.
    /// </summary>
    public RecommendationDecision Decline(RecommendationCommand command, int number)
    {
        if ((FindRepetition(command) ?? RefuseUnlessThere(command, number)) is { } settled)
        {
            return settled;
        }
        return (Key.RoleOf(command.Actor), Latest!.State) switch
        {
            (RecommendationRole.Author, RecommendationState.Requested)
            or (RecommendationRole.Recipient, RecommendationState.Written) => End(
                command,
                RecommendationState.Declined
            ),
            (RecommendationRole.Author, RecommendationState.RevisionAsked) => DropWish(command),
            (
                RecommendationRole.Recipient,
                RecommendationState.RevisionAsked
                    or RecommendationState.Revised
            ) when !Latest.IsAccepted => End(command, RecommendationState.Declined),
            (
                RecommendationRole.Recipient,
                RecommendationState.RevisionAsked
                    or RecommendationState.Revised
            ) when Latest.RevisedText.Length > 0 => Store(
                command,
                Latest with
                {
                    State = RecommendationState.Accepted,
                    RevisedText = "",
                    RevisedRelationship = "",
                    RevisionRequestText = "",
                }
            ),
            _ => RefuseState("There is nothing that this member could decline."),
        };
    }

    /// <summary>Shows an accepted text on the recipient's profile, or takes it off; only the recipient. Twice is no error.</summary>
    public RecommendationDecision Show(RecommendationCommand command, int number, bool shown)
    {
        if ((FindRepetition(command) ?? RefuseUnlessThere(command, number)) is { } settled)
        {
            return settled;
        }
        if (Key.RoleOf(command.Actor) != RecommendationRole.Recipient || !Latest!.IsAccepted)
        {
            return RefuseState("Only the recipient shows or hides, and only an accepted text.");
        }
        return Latest.Shown == shown
            ? Confirm(command)
            : Store(command, Latest with { Shown = shown });
    }

    /// <summary>Asks the author for another version of what is written; only the recipient.</summary>
    public RecommendationDecision AskForRevision(
        RecommendationCommand command,
        int number,
        string text
    ) =>
        FindRepetition(command)
        ?? RefuseUnlessThere(command, number)
        ?? RefuseUnless(
            command,
            RecommendationRole.Recipient,
            RecommendationState.Written,
            RecommendationState.Accepted,
            RecommendationState.Revised
        )
        ?? RefuseUnlessConnected(command)
        ?? Store(
            command,
            Latest! with
            {
                State = RecommendationState.RevisionAsked,
                RevisionRequestText = text,
            }
        );

    /// <summary>Writes another version, asked to or not, which waits for the recipient; only the author.</summary>
    public RecommendationDecision Revise(
        RecommendationCommand command,
        int number,
        string text,
        string relationship
    ) =>
        FindRepetition(command)
        ?? RefuseUnlessThere(command, number)
        ?? RefuseUnless(
            command,
            RecommendationRole.Author,
            RecommendationState.Written,
            RecommendationState.Accepted,
            RecommendationState.RevisionAsked,
            RecommendationState.Revised
        )
        ?? RefuseUnlessConnected(command)
        ?? Store(
            command,
            Latest! with
            {
                State = RecommendationState.Revised,
                RevisedText = text,
                RevisedRelationship =
                    relationship.Length > 0 ? relationship
                    : Latest.RevisedText.Length > 0 ? Latest.RevisedRelationship
                    : Latest.Relationship,
            }
        );

    /// <summary>The author takes back what is written, in any state; the recipient takes back a request.</summary>
    public RecommendationDecision Withdraw(RecommendationCommand command, int number)
    {
        if ((FindRepetition(command) ?? RefuseUnlessThere(command, number)) is { } settled)
        {
            return settled;
        }
        return (Key.RoleOf(command.Actor), Latest!.State) switch
        {
            (RecommendationRole.Recipient, RecommendationState.Requested) => End(
                command,
                RecommendationState.Withdrawn
            ),
            (RecommendationRole.Recipient, RecommendationState.RevisionAsked) => DropWish(command),
            (RecommendationRole.Author, not RecommendationState.Requested) when !Latest.IsFinal =>
                End(command, RecommendationState.Withdrawn),
            _ => RefuseState("There is nothing that this member could take back."),
        };
    }

    // as the values of the contract's enum end
    private static string NameOf(RecommendationState state) =>
        state == RecommendationState.RevisionAsked
            ? "revision_asked"
            : state.ToString().ToLowerInvariant();

    private static RecommendationDecision RefuseAsExisting() =>
        RecommendationDecision.Refuse(
            new DomainException(
                ErrorReason.RecommendationExists,
                "There is a recommendation or an open request already."
            )
        );

    private static RecommendationDecision? RefuseUnlessConnected(RecommendationCommand command) =>
        command.Pair is { BlockedBy: Side.None, State: RelationshipState.Connected }
            ? null
            : RecommendationDecision.Refuse(
                new DomainException(
                    ErrorReason.NotFirstDegree,
                    "Only first-degree connections recommend one another."
                )
            );

    private bool IsOpen(PairStatus pair) => Latest is { IsFinal: false } && Latest.Outlives(pair);

    private RecommendationDecision? RefuseUnlessThere(RecommendationCommand command, int number) =>
        Latest?.Number == number && Latest.Outlives(command.Pair)
            ? null
            : RecommendationDecision.Refuse(
                new DomainException(
                    ErrorReason.RecommendationNotFound,
                    "There is no such recommendation."
                )
            );

    private RecommendationDecision? RefuseUnless(
        RecommendationCommand command,
        RecommendationRole role,
        params ReadOnlySpan<RecommendationState> states
    ) =>
        Key.RoleOf(command.Actor) != role
            ? RefuseState($"Only the {role.ToString().ToLowerInvariant()} may do this.")
        : states.Contains(Latest!.State) ? null
        : RefuseState("The recommendation is in a state that does not allow this.");

    private RecommendationDecision RefuseState(string message) =>
        RecommendationDecision.Refuse(
            new DomainException(ErrorReason.RecommendationState, message).With(
                "state",
                NameOf(Latest!.State)
            )
        );

    private RecommendationDecision? FindRepetition(RecommendationCommand command)
    {
        var role =
            Key.RoleOf(command.Actor)
            ?? throw new ArgumentException("The actor is a stranger.", nameof(command));
        if (command.Request is not { } request)
        {
            return null;
        }
        foreach (var mutation in RecentMutations)
        {
            if (
                mutation.Actor == role
                && string.Equals(mutation.RequestId, request.Id, StringComparison.Ordinal)
                && command.Now - mutation.Time < Relationship.RequestIdLifetime
            )
            {
                return string.Equals(
                    mutation.Fingerprint,
                    request.Fingerprint,
                    StringComparison.Ordinal
                )
                    ? RecommendationDecision.Reply(mutation.Answer)
                    : RecommendationDecision.Refuse(
                        new DomainException(
                            ErrorReason.RequestIdReused,
                            "The request_id was used for a request with other content."
                        )
                    );
            }
        }
        return null;
    }

    private Recommendation Begin(RecommendationCommand command, RecommendationState state)
    {
        var now = TimeOf(command);
        return new Recommendation
        {
            Number = (Latest?.Number ?? 0) + 1,
            ConnectionNumber = command.Pair.InvitationNumber,
            State = state,
            CreateTime = now,
            UpdateTime = now,
        };
    }

    // A withdrawn text is gone for both. A declined one was read by both, and stays for the author to take it up again.
    private RecommendationDecision End(RecommendationCommand command, RecommendationState state) =>
        Store(
            command,
            state == RecommendationState.Declined
                ? Latest! with
                {
                    State = state,
                }
                : Latest! with
                {
                    State = state,
                    Shown = false,
                    Text = "",
                    Relationship = "",
                    RequestText = "",
                    RevisionRequestText = "",
                    RevisedText = "",
                    RevisedRelationship = "",
                }
        );

    private RecommendationDecision DropWish(RecommendationCommand command) =>
        Store(command, Latest! with { State = Latest.StateWithoutWish, RevisionRequestText = "" });

    private RecommendationDecision Store(RecommendationCommand command, Recommendation changed)
    {
        changed = changed with { UpdateTime = TimeOf(command) };
        var answer = new RecommendationAnswer(changed, command.Revision);
        return RecommendationDecision.Store(
            Remember(command, answer) with
            {
                Latest = changed,
            },
            answer
        );
    }

    // Nothing changes, but a repetition must be told the same after others changed it.
    private RecommendationDecision Confirm(RecommendationCommand command)
    {
        var answer = new RecommendationAnswer(Latest!, command.Revision);
        return command.Request is null
            ? RecommendationDecision.Reply(answer)
            : RecommendationDecision.Store(Remember(command, answer), answer);
    }

    private RecommendationThread Remember(
        RecommendationCommand command,
        RecommendationAnswer answer
    )
    {
        var remembered = RecentMutations.Where(mutation =>
            command.Now - mutation.Time < Relationship.RequestIdLifetime
        );
        return this with
        {
            RecentMutations = command.Request is { } request
                ?
                [
                    .. remembered
                        .Append(
                            new RecommendationMutation(
                                Key.RoleOf(command.Actor)!.Value,
                                request.Id,
                                request.Fingerprint,
                                command.Now,
                                answer
                            )
                        )
                        .TakeLast(MaxRecentMutations),
                ]
                : [.. remembered],
        };
    }

    // clocks of replicas differ, and two changes may fall into one millisecond
    private DateTimeOffset TimeOf(RecommendationCommand command) =>
        Latest is { } latest && command.Now <= latest.UpdateTime
            ? latest.UpdateTime.AddMilliseconds(1)
            : command.Now;
}
