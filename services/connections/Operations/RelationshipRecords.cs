using Google.Protobuf.WellKnownTypes;
using Platform.Connections.Invitations;
using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Validation;
using static Platform.Connections.Operations.RecordTimes;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Operations;

/// <summary>
/// Between a relationship and its record. A record holds all that behaviour depends on, but for revisions, which each
/// store gives anew, and the request ids of the last day.
/// </summary>
internal static class RelationshipRecords
{
    private const int MaxNote = 300;
    private const int MaxContextPart = 100;
    private const int MaxContextText = 300;
    private const int MaxDeclineText = 200;

    /// <summary>The record of a relationship.</summary>
    public static Proto.RelationshipRecord Of(Relationship relationship)
    {
        var record = new Proto.RelationshipRecord
        {
            LowId = relationship.Pair.Low,
            HighId = relationship.Pair.High,
            State = (Proto.RelationshipState)relationship.State,
            StateTime = TimeOf(relationship.StateTime),
            BlockedByLow = relationship.BlockedBy.HasFlag(Side.Low),
            BlockedByHigh = relationship.BlockedBy.HasFlag(Side.High),
            LowBarredUntilTime = TimeOf(relationship.LowBarredUntil),
            HighBarredUntilTime = TimeOf(relationship.HighBarredUntil),
            LowBlockTime = TimeOf(relationship.LowBlockTime),
            HighBlockTime = TimeOf(relationship.HighBlockTime),
            LowUnblockTime = TimeOf(relationship.LowUnblockTime),
            HighUnblockTime = TimeOf(relationship.HighUnblockTime),
            LastBlockTime = TimeOf(relationship.LastBlockTime),
            BlockedThrough = relationship.BlockedThrough,
        };
        if (relationship.Invitation is { } invitation)
        {
            record.Invitation = Of(relationship.Pair, invitation);
        }
        foreach (var line in relationship.Ledger)
        {
            record.Ledger.Add(
                new Proto.TransitionRecord
                {
                    Kind = (Proto.ConnectionChangeKind)line.Kind,
                    ActorId = line.Actor == Side.None ? "" : relationship.Pair.MemberAt(line.Actor),
                    ChangeTime = TimeOf(line.Time),
                    InvitationNumber = line.InvitationNumber,
                }
            );
        }
        return record;
    }

    /// <summary>The relationship of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="path">Its field in the request.</param>
    /// <exception cref="ServiceDefaults.Errors.DomainException">
    /// INVALID_REQUEST: no relationship can be like this; names every field that is wrong.
    /// </exception>
    public static Relationship Read(Proto.RelationshipRecord record, string path)
    {
        var validator = new RequestValidator()
            .MemberId($"{path}.low_id", record.LowId)
            .MemberId($"{path}.high_id", record.HighId)
            .Optional($"{path}.state", record.State);
        if (string.CompareOrdinal(record.LowId, record.HighId) >= 0)
        {
            validator.Add($"{path}.high_id", "must be greater than low_id, byte by byte");
        }
        // what follows is read in terms of the pair
        validator.ThrowIfInvalid();

        var pair = MemberPair.Of(record.LowId, record.HighId);
        var state = (RelationshipState)record.State;
        var blockedBy =
            (record.BlockedByLow ? Side.Low : Side.None)
            | (record.BlockedByHigh ? Side.High : Side.None);
        if (
            state == RelationshipState.None
            && blockedBy == Side.None
            && record.LastBlockTime is null
        )
        {
            validator.Add($"{path}.state", "is needed unless one blocks the other, or did");
        }
        if (state != RelationshipState.None && blockedBy != Side.None)
        {
            validator.Add($"{path}.state", "must be unspecified while one blocks the other");
        }
        ValidateBlock(
            validator,
            $"{path}.low_block_time",
            record.BlockedByLow,
            record.LowBlockTime
        );
        ValidateBlock(
            validator,
            $"{path}.high_block_time",
            record.BlockedByHigh,
            record.HighBlockTime
        );
        if (blockedBy != Side.None && record.LastBlockTime is null)
        {
            validator.Add($"{path}.last_block_time", "required while one blocks the other");
        }
        // it says what of the two is hidden for good: a lower number would bring back what the block ended
        var latest = record.Invitation?.Number ?? 0;
        if (
            blockedBy != Side.None
                ? record.BlockedThrough != latest
                : record.BlockedThrough < 0
                    || record.BlockedThrough > (record.LastBlockTime is null ? 0 : latest)
        )
        {
            validator.Add(
                $"{path}.blocked_through",
                "must be the number of the latest invitation before the last block"
            );
        }
        if (record.Ledger.Count > Relationship.MaxLedger)
        {
            validator.Add($"{path}.ledger", $"takes at most {Relationship.MaxLedger} lines");
        }
        var relationship = new Relationship
        {
            Pair = pair,
            State = state,
            BlockedBy = blockedBy,
            StateTime = Required(validator, $"{path}.state_time", record.StateTime),
            LowBarredUntil = Optional(
                validator,
                $"{path}.low_barred_until_time",
                record.LowBarredUntilTime
            ),
            HighBarredUntil = Optional(
                validator,
                $"{path}.high_barred_until_time",
                record.HighBarredUntilTime
            ),
            LowBlockTime = Optional(validator, $"{path}.low_block_time", record.LowBlockTime),
            HighBlockTime = Optional(validator, $"{path}.high_block_time", record.HighBlockTime),
            LowUnblockTime = Optional(validator, $"{path}.low_unblock_time", record.LowUnblockTime),
            HighUnblockTime = Optional(
                validator,
                $"{path}.high_unblock_time",
                record.HighUnblockTime
            ),
            LastBlockTime = Optional(validator, $"{path}.last_block_time", record.LastBlockTime),
            BlockedThrough = record.BlockedThrough,
            Invitation = ReadInvitation(
                validator,
                $"{path}.invitation",
                pair,
                state,
                record.Invitation
            ),
            Ledger =
            [
                .. record.Ledger.Select(
                    (line, index) => ReadLine(validator, $"{path}.ledger[{index}]", pair, line)
                ),
            ],
        };
        validator.ThrowIfInvalid();
        return relationship;
    }

    private static void ValidateBlock(
        RequestValidator validator,
        string field,
        bool isBlocked,
        Timestamp? since
    )
    {
        if (isBlocked != (since is not null))
        {
            validator.Add(
                field,
                isBlocked ? "required while the block stands" : "must be unset without a block"
            );
        }
    }

    private static Proto.InvitationRecord Of(MemberPair pair, Invitation invitation)
    {
        var record = new Proto.InvitationRecord
        {
            Number = invitation.Number,
            InviterId = pair.MemberAt(invitation.Inviter),
            State = (Proto.InvitationState)invitation.State,
            Note = invitation.Note,
            SentTime = TimeOf(invitation.SentTime),
            ExpireTime = TimeOf(invitation.ExpireTime),
            EndTime = TimeOf(invitation.EndTime),
            DeclineReason = (Proto.DeclineReason)invitation.DeclineReason,
            DeclineText = invitation.DeclineText,
            CoolDownEndTime = TimeOf(invitation.CoolDownEnd),
            ReminderTime = TimeOf(invitation.ReminderTime),
            Tier = invitation.Tier,
        };
        if (invitation.Context is { } context)
        {
            record.Context = new Proto.InvitationContext
            {
                WhereMet = context.WhereMet,
                Affiliation = context.Affiliation,
                Text = context.Text,
            };
        }
        return record;
    }

    private static Invitation? ReadInvitation(
        RequestValidator validator,
        string path,
        MemberPair pair,
        RelationshipState state,
        Proto.InvitationRecord? record
    )
    {
        if (record is null)
        {
            if (state != RelationshipState.None)
            {
                validator.Add(path, "required in this state");
            }
            return null;
        }
        var expected = state switch
        {
            RelationshipState.Pending => InvitationState.Pending,
            RelationshipState.Declined => InvitationState.Declined,
            RelationshipState.Withdrawn => InvitationState.Withdrawn,
            RelationshipState.Expired => InvitationState.Expired,
            _ => InvitationState.Accepted,
        };
        // a relationship in any other state than its invitation would stand in the wrong lists; a block leaves none pending
        if (
            state == RelationshipState.None
                ? record.State == Proto.InvitationState.Pending
                : record.State != (Proto.InvitationState)expected
        )
        {
            validator.Add($"{path}.state", "does not fit the state of the relationship");
        }
        if (record.Number < 1)
        {
            validator.Add($"{path}.number", "must be 1 or more");
        }
        var inviter = pair.SideOf(record.InviterId);
        if (inviter == Side.None)
        {
            validator.Add($"{path}.inviter_id", "must be one of the two");
        }
        if (record.Tier.Length > 0)
        {
            // names of tiers are made like ids
            validator.MemberId($"{path}.tier", record.Tier);
        }
        validator
            .Required($"{path}.state", record.State)
            .Optional($"{path}.decline_reason", record.DeclineReason)
            .Text($"{path}.note", record.Note, MaxNote)
            .Text($"{path}.decline_text", record.DeclineText, MaxDeclineText)
            .Text($"{path}.context.where_met", record.Context?.WhereMet ?? "", MaxContextPart)
            .Text($"{path}.context.affiliation", record.Context?.Affiliation ?? "", MaxContextPart)
            .Text($"{path}.context.text", record.Context?.Text ?? "", MaxContextText);
        return new Invitation
        {
            Number = record.Number,
            Inviter = inviter,
            State = (InvitationState)record.State,
            Note = record.Note,
            Context = InvitationMapping.ToDomain(record.Context),
            SentTime = Required(validator, $"{path}.sent_time", record.SentTime),
            ExpireTime = Required(validator, $"{path}.expire_time", record.ExpireTime),
            EndTime = Optional(validator, $"{path}.end_time", record.EndTime),
            DeclineReason = (DeclineReason)record.DeclineReason,
            DeclineText = record.DeclineText,
            CoolDownEnd = Optional(validator, $"{path}.cool_down_end_time", record.CoolDownEndTime),
            ReminderTime = Optional(validator, $"{path}.reminder_time", record.ReminderTime),
            Tier = record.Tier,
        };
    }

    private static Transition ReadLine(
        RequestValidator validator,
        string path,
        MemberPair pair,
        Proto.TransitionRecord record
    )
    {
        var actor = pair.SideOf(record.ActorId);
        if (actor == Side.None && record.ActorId.Length > 0)
        {
            validator.Add($"{path}.actor_id", "must be one of the two, or empty");
        }
        validator.Required($"{path}.kind", record.Kind);
        return new Transition(
            (TransitionKind)record.Kind,
            actor,
            Required(validator, $"{path}.change_time", record.ChangeTime),
            record.InvitationNumber,
            Revision: 0
        );
    }
}
