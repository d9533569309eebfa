using System.Globalization;
using Platform.Connections.Network.Graph;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Network;

/// <summary>The text of places inside the network's page tokens and cursors.</summary>
internal static class NetworkPositions
{
    /// <summary>A place in a list by id.</summary>
    public static string ReadMember(string scope, string token) =>
        PageToken.Decode(scope, token) switch
        {
            null => "",
            var text when MemberId.IsValid(text) => text,
            _ => throw PageToken.Foreign(),
        };

    public static string WriteRanked(string scope, long revision, SecondDegreeEntry last) =>
        PageToken.Encode(
            scope,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{revision}|{last.MutualCount}|{last.MemberId}"
            )
        );

    /// <summary>A place in the order by mutual count, and the revision that it is of.</summary>
    public static (long Revision, SecondDegreePosition Position)? ReadRanked(
        string scope,
        string token
    )
    {
        if (PageToken.Decode(scope, token) is not { } text)
        {
            return null;
        }
        return
            text.Split('|') is [var revision, var count, var member]
            && TryRead(revision, out var ofRevision)
            && TryRead(count, out var mutualCount)
            && mutualCount <= int.MaxValue
            && MemberId.IsValid(member)
            ? (ofRevision, new SecondDegreePosition((int)mutualCount, member))
            : throw PageToken.Foreign();
    }

    public static string WriteSuggestion(string scope, SuggestionPosition position) =>
        PageToken.Encode(
            scope,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{position.Revision}|{position.Day}|{position.Score:R}|{position.MemberId}"
            )
        );

    /// <summary>A place in a list of suggestions.</summary>
    public static SuggestionPosition? ReadSuggestion(string scope, string token)
    {
        if (PageToken.Decode(scope, token) is not { } text)
        {
            return null;
        }
        return
            text.Split('|') is [var revision, var day, var score, var member]
            && TryRead(revision, out var ofRevision)
            && ushort.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var ofDay)
            && double.TryParse(
                score,
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var ofScore
            )
            && MemberId.IsValid(member)
            ? new SuggestionPosition(ofRevision, ofDay, ofScore, member)
            : throw PageToken.Foreign();
    }

    public static string WriteCursor(string scope, long revision, string member) =>
        PageToken.Encode(
            scope,
            string.Create(CultureInfo.InvariantCulture, $"{revision}|{member}")
        );

    /// <summary>A place in a stream by id, and the revision that it is of; the member is empty at its beginning.</summary>
    public static (long Revision, string MemberId)? ReadCursor(string scope, string cursor)
    {
        if (StreamCursor.Decode(scope, cursor) is not { } text)
        {
            return null;
        }
        return
            text.Split('|') is [var revision, var member]
            && TryRead(revision, out var ofRevision)
            && (member.Length == 0 || MemberId.IsValid(member))
            ? (ofRevision, member)
            : throw StreamCursor.Foreign();
    }

    private static bool TryRead(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
