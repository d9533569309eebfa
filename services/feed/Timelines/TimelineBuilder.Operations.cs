using Platform.Common.V1;
using Platform.Feed.HomeFeed;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Timelines;

/// <content>What operators ask for.</content>
public sealed partial class TimelineBuilder
{
    /// <summary>Builds a timeline anew, whatever it holds; readers see the old one or the new one.</summary>
    /// <param name="open">Whether one is made if there is none.</param>
    /// <param name="unlessSince">
    /// One that was built at this time or later is left alone; null for none. A walk gives its beginning: in Garnet what is written
    /// moves to the end of what is walked through, and a walk that wrote everything again and again would never end.
    /// </param>
    /// <returns>How many entries it has; null if there is none, or it was left alone.</returns>
    /// <exception cref="DomainException">Also <c>DEPENDENCY_UNAVAILABLE</c>: the old one is still there.</exception>
    public async Task<int?> RebuildAsync(
        string member,
        bool open,
        DateTimeOffset? unlessSince,
        CancellationToken cancellationToken
    )
    {
        var seen = await timelines.InspectAsync(member, cancellationToken);
        if (seen is null ? !open : seen.Mark?.BuildTime >= unlessSince)
        {
            return null;
        }
        var relations = new ViewerRelations(member, connections, follows, "", "");
        var versions = await GetVersionsAsync(member, relations, cancellationToken);
        var built = await BuildAsync(member, seen, versions, relations);
        RequireAll(relations);
        return built.Ids.Count;
    }

    /// <summary>What the stored posts and the present relations say about a member's timeline.</summary>
    /// <exception cref="DomainException">Also <c>DEPENDENCY_UNAVAILABLE</c>.</exception>
    public async Task<TimelineReference> ReferToAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var relations = new ViewerRelations(member, connections, follows, "", "");
        var versions = await GetVersionsAsync(member, relations, cancellationToken);
        var sources = await SourcesAsync(member, relations, cancellationToken);
        RequireAll(relations);
        return new TimelineReference(
            sources.All.ToDictionary(source => source.Entity, source => source.ConnectionsOnlyToo),
            await posts.ListRecentIdsAsync(sources.All, _options.Capacity, cancellationToken),
            versions.Following ?? 0,
            versions.Connections ?? 0
        );
    }

    private static void RequireAll(ViewerRelations relations)
    {
        if (relations.Gaps.FirstOrDefault() is { } gap)
        {
            throw new DomainException(
                ErrorReason.DependencyUnavailable,
                "A service that knows the sources of a home feed does not answer; go on with the last cursor."
            ).With("dependency", gap.Source);
        }
    }
}
