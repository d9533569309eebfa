using Platform.Connections.Connections;
using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Connections.Invitations;

/// <summary>
/// What an invitee is told of the connections in common with an inviter. An inviter who does not show the list to everyone
/// shows none of it to an invitee, who is no connection yet; the answer is that of nothing in common. Once the two are
/// connected it is theirs to see, whatever the settings.
/// </summary>
public sealed class InvitationSummaries(IMemberStore members, MutualConnections mutual)
{
    /// <summary>A summary for each invitation that the invitee received, in their order.</summary>
    public async Task<IReadOnlyList<MutualSummary>> OfAsync(
        string invitee,
        IReadOnlyList<Relationship> received,
        CancellationToken cancellationToken
    )
    {
        var inviters = received
            .Select(relationship =>
                relationship.Pair.MemberAt(relationship.Pair.SideOf(invitee).Other())
            )
            .ToList();
        var records = await members.GetManyAsync(inviters, cancellationToken).ConfigureAwait(false);
        var shown = inviters.Where((_, index) => IsShown(received[index], records[index])).ToList();
        var summaries = await mutual
            .SummarizeAsync(invitee, shown, cancellationToken)
            .ConfigureAwait(false);
        var found = shown
            .Zip(summaries)
            .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        return [.. inviters.Select(id => found.GetValueOrDefault(id, MutualSummary.None))];
    }

    private static bool IsShown(Relationship relationship, MemberRecord inviter) =>
        !inviter.IsErased
        && relationship.BlockedBy == Side.None
        && (
            relationship.State == RelationshipState.Connected
            || inviter.Settings.ListVisibility == ListVisibility.Everyone
        );
}
