namespace Platform.Feed.Sources;

/// <summary>Asks connections what stands between a viewer and others.</summary>
public static class MemberStandings
{
    /// <summary>The standing of each member, proved: never <see cref="MemberStanding.Unproven"/>.</summary>
    /// <param name="atLeastRevision">A revision of the connections service that the answer must include; empty for none.</param>
    public static async Task<IReadOnlyDictionary<string, MemberStanding>> StandingsAsync(
        this IConnectionsSource connections,
        string viewer,
        IReadOnlyList<string> members,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        if (members.Count == 0)
        {
            return new Dictionary<string, MemberStanding>();
        }
        var connected = await connections.WhichConnectedAsync(
            viewer,
            members,
            atLeastRevision,
            cancellationToken
        );
        // a block ends the connection, so that connections need not be asked about again
        var others = members.Where(member => !connected.Contains(member)).ToList();
        var blocked = await connections.WhichBlockedAsync(
            viewer,
            others,
            atLeastRevision,
            cancellationToken
        );
        return members.ToDictionary(
            member => member,
            member =>
                connected.Contains(member) ? MemberStanding.Connected
                : blocked.Contains(member) ? MemberStanding.Blocked
                : MemberStanding.None,
            StringComparer.Ordinal
        );
    }
}
