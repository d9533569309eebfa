using Platform.Connections.Recommendations;
using Platform.ServiceDefaults.Validation;
using static Platform.Connections.Operations.RecordTimes;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Operations;

/// <summary>
/// Between the latest recommendation of two and its record. A record holds all that behaviour depends on, but for the request ids
/// of the last day.
/// </summary>
internal static class RecommendationRecords
{
    private const int MaxText = 3000;
    private const int MaxRelationship = 100;
    private const int MaxRequestText = 300;

    /// <summary>The record of the latest recommendation.</summary>
    public static Proto.RecommendationRecord Of(RecommendationThread thread)
    {
        var latest = thread.Latest!;
        return new Proto.RecommendationRecord
        {
            AuthorId = thread.Key.AuthorId,
            RecipientId = thread.Key.RecipientId,
            Number = latest.Number,
            ConnectionNumber = latest.ConnectionNumber,
            State = (Proto.RecommendationState)latest.State,
            Shown = latest.Shown,
            Text = latest.Text,
            Relationship = latest.Relationship,
            RequestText = latest.RequestText,
            RevisionRequestText = latest.RevisionRequestText,
            RevisedText = latest.RevisedText,
            RevisedRelationship = latest.RevisedRelationship,
            CreateTime = TimeOf(latest.CreateTime),
            AcceptTime = TimeOf(latest.AcceptTime),
            UpdateTime = TimeOf(latest.UpdateTime),
        };
    }

    /// <summary>The document of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="path">Its field in the request.</param>
    /// <exception cref="ServiceDefaults.Errors.DomainException">
    /// INVALID_REQUEST: no recommendation can be like this; names every field that is wrong.
    /// </exception>
    public static RecommendationThread Read(Proto.RecommendationRecord record, string path)
    {
        var validator = new RequestValidator()
            .MemberId($"{path}.author_id", record.AuthorId)
            .MemberId($"{path}.recipient_id", record.RecipientId)
            .Required($"{path}.state", record.State)
            .Text($"{path}.text", record.Text, MaxText)
            .Text($"{path}.relationship", record.Relationship, MaxRelationship)
            .Text($"{path}.request_text", record.RequestText, MaxRequestText)
            .Text($"{path}.revision_request_text", record.RevisionRequestText, MaxRequestText)
            .Text($"{path}.revised_text", record.RevisedText, MaxText)
            .Text($"{path}.revised_relationship", record.RevisedRelationship, MaxRelationship);
        if (string.Equals(record.AuthorId, record.RecipientId, StringComparison.Ordinal))
        {
            validator.Add($"{path}.recipient_id", "must not be the author");
        }
        if (record.Number < 1)
        {
            validator.Add($"{path}.number", "must be 1 or more");
        }
        if (record.ConnectionNumber < 1)
        {
            validator.Add($"{path}.connection_number", "must be 1 or more");
        }
        var latest = new Recommendation
        {
            Number = record.Number,
            ConnectionNumber = record.ConnectionNumber,
            State = (RecommendationState)record.State,
            Shown = record.Shown,
            Text = record.Text,
            Relationship = record.Relationship,
            RequestText = record.RequestText,
            RevisionRequestText = record.RevisionRequestText,
            RevisedText = record.RevisedText,
            RevisedRelationship = record.RevisedRelationship,
            CreateTime = Required(validator, $"{path}.create_time", record.CreateTime),
            AcceptTime = Optional(validator, $"{path}.accept_time", record.AcceptTime),
            UpdateTime = Required(validator, $"{path}.update_time", record.UpdateTime),
        };
        Validate(validator, path, latest);
        validator.ThrowIfInvalid();
        return new RecommendationThread
        {
            Key = new RecommendationKey(record.AuthorId, record.RecipientId),
            Latest = latest,
        };
    }

    // what does not fit its state would be on a profile that it is not for, or could not be changed any more
    private static void Validate(RequestValidator validator, string path, Recommendation latest)
    {
        var isWritten =
            latest.State
            is RecommendationState.Written
                or RecommendationState.Accepted
                or RecommendationState.RevisionAsked
                or RecommendationState.Revised;
        if (latest.State != RecommendationState.Declined && isWritten != (latest.Text.Length > 0))
        {
            validator.Add($"{path}.text", "does not fit the state");
        }
        var mayBeRevised =
            latest.State
            is RecommendationState.RevisionAsked
                or RecommendationState.Revised
                or RecommendationState.Declined;
        if (
            latest.State == RecommendationState.Revised
                ? latest.RevisedText.Length == 0
                : latest.RevisedText.Length > 0 && !mayBeRevised
        )
        {
            validator.Add($"{path}.revised_text", "does not fit the state");
        }
        var mayBeAccepted =
            latest.State
            is not (
                RecommendationState.Requested
                or RecommendationState.Written
                or RecommendationState.Declined
            );
        if (
            latest.State == RecommendationState.Accepted
                ? latest.AcceptTime is null
                : latest.AcceptTime is not null && !mayBeAccepted
        )
        {
            validator.Add($"{path}.accept_time", "does not fit the state");
        }
        if (latest.Shown && !latest.IsAccepted)
        {
            validator.Add($"{path}.shown", "only an accepted one is shown");
        }
        if (latest.CreateTime > latest.UpdateTime || latest.AcceptTime > latest.UpdateTime)
        {
            validator.Add($"{path}.update_time", "must not be before the other times");
        }
    }
}
