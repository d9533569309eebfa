using Platform.Messaging.Messages;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>Appending: what runs on every send goes without ADO.NET.</summary>
public sealed partial class SqliteMessageStore
{
    private static AppendResult Append(SqliteSession session, MessageDraft draft)
    {
        if (
            ConversationRows.FindConversation(session, draft.ConversationId) is not { } conversation
        )
        {
            return new AppendResult(AppendOutcome.MembershipChanged);
        }
        if (
            MessageRows.FindRequest(session, conversation.Key, draft.SenderId, draft.RequestId) is
            { } earlier
        )
        {
            return earlier.Fingerprint == draft.Fingerprint
                ? new AppendResult(AppendOutcome.Repeated, earlier.Number, earlier.CreateTime)
                : new AppendResult(AppendOutcome.RequestReused);
        }
        // the version stands for the members, the sender among them
        if (conversation.MembersVersion != draft.MembershipVersion)
        {
            return new AppendResult(AppendOutcome.MembershipChanged);
        }
        if (
            draft.Kind == MessageKind.MembersAdded
            && CountDepartures(session, conversation.Key) >= draft.MaxFormerMembers
        )
        {
            return new AppendResult(AppendOutcome.TooManyHaveLeft);
        }
        // the wall clock may step back; times in a conversation do not
        var time = Math.Max(draft.Time.ToUnixTimeMilliseconds(), conversation.LastActivity);
        // who is added learns of the conversation before its first message
        var stamp = NextStamp(session, draft.ChangesConversation ? 2 : 1);
        var number = conversation.LastNumber + 1;
        Advance(session, conversation.Key, number, draft, time, stamp);
        if (!conversation.HasOldest)
        {
            NoteOldest(session, conversation.Key, time);
        }
        InsertMessage(session, conversation.Key, number, draft, time, stamp);
        NoteForSearch(session, conversation.Key, number);
        NoteUnread(session, conversation.Key, draft.SenderId, number, time);
        if (draft.Kind == MessageKind.MembersAdded)
        {
            foreach (var added in draft.AffectedMemberIds)
            {
                InsertMember(
                    session,
                    conversation.Key,
                    added,
                    draft.SenderId,
                    time,
                    firstNumber: number,
                    unread: 1
                );
                session
                    .Command(
                        "DELETE FROM departures WHERE member = $member AND conversation = $key"
                    )
                    .Bind("$member", added)
                    .Bind("$key", conversation.Key)
                    .ExecuteNonQuery();
            }
        }
        else if (draft.Kind == MessageKind.MemberLeft)
        {
            RemoveMember(session, conversation.Key, draft.SenderId, stamp);
        }
        return new AppendResult(AppendOutcome.Stored, number, RowTime.At(time));
    }

    private static long CountDepartures(SqliteSession session, long key)
    {
        using var row = session
            .Statement("SELECT count(*) FROM departures WHERE conversation = ?1")
            .Bind(1, key);
        row.Step();
        return row.GetInt64(0);
    }

    /// <summary>Takes the next number: nobody else writes between the look at the last one and this.</summary>
    private static void Advance(
        SqliteSession session,
        long key,
        long number,
        MessageDraft draft,
        long time,
        long stamp
    )
    {
        using var write = session.Statement(
            """
            UPDATE conversations
            SET last_number = ?7,
                last_activity = ?2,
                members_version = members_version + ?3,
                name = coalesce(?4, name),
                stamp = ?5,
                shape = coalesce(?6, shape)
            WHERE key = ?1
            """
        );
        write
            .Bind(1, key)
            .Bind(2, time)
            .Bind(3, draft.Kind is MessageKind.MembersAdded or MessageKind.MemberLeft ? 1 : 0)
            .Bind(4, draft.Kind == MessageKind.Renamed ? draft.Text : null)
            .Bind(5, stamp)
            .Bind(6, draft.ChangesConversation ? stamp - 1 : null)
            .Bind(7, number)
            .Execute();
    }

    /// <summary>Only for the first message: SQLite writes the entry of an index anew, though its value stays, whenever the column is set.</summary>
    private static void NoteOldest(SqliteSession session, long key, long time)
    {
        using var write = session.Statement("UPDATE conversations SET oldest = ?2 WHERE key = ?1");
        write.Bind(1, key).Bind(2, time).Execute();
    }

    private static void InsertMessage(
        SqliteSession session,
        long key,
        long number,
        MessageDraft draft,
        long time,
        long stamp
    )
    {
        var repeatable = draft.RequestId.Length > 0;
        using var write = session.Statement(
            """
            INSERT INTO messages
                (conversation, number, kind, sender, text, links, affected, created, request_id, fingerprint, sent)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """
        );
        write
            .Bind(1, key)
            .Bind(2, number)
            .Bind(3, (long)draft.Kind)
            .Bind(4, draft.SenderId)
            .Bind(5, draft.Text)
            .Bind(6, MessageRows.ToJson(draft.Links))
            .Bind(7, MessageRows.ToJson(draft.AffectedMemberIds))
            .Bind(8, time)
            .Bind(9, repeatable ? draft.RequestId : null)
            .Bind(10, repeatable ? draft.Fingerprint : null)
            .Bind(11, stamp)
            .Execute();
    }

    /// <summary>Moves the conversation up in every member's list; the sender, who had read everything, has read this too.</summary>
    private static void NoteUnread(
        SqliteSession session,
        long key,
        string senderId,
        long number,
        long time
    )
    {
        using var write = session.Statement(
            """
            UPDATE participants
            SET activity = ?2,
                unread = unread + (member <> ?3),
                read_number = CASE WHEN member = ?3 AND unread = 0 THEN ?4 ELSE read_number END
            WHERE conversation = ?1
            """
        );
        write.Bind(1, key).Bind(2, time).Bind(3, senderId).Bind(4, number).Execute();
    }
}
