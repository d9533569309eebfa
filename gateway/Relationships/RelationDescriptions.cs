using Platform.Relationships.V1;

namespace Platform.Gateway.Relationships;

/// <summary>What a connection and a follow entail. Each line is a rule that one of the services holds.</summary>
internal static class RelationDescriptions
{
    public static readonly RelationDescription Connection = new()
    {
        Relation = Relation.Connection,
        RequiresConsent = true,
        TwoWay = true,
        Visibility = RelationVisibility.BySetting,
        ExpandsNetwork = true,
        AllowsMessaging = true,
        AllowsRecommendations = true,
        FeedsPosts = true,
        FeedsConnectionsOnlyPosts = true,
        IncludesFollow = true,
        AnnouncesBegin = true,
        AnnouncesEnd = false,
        LimitPerMember = 0,
        Summary =
            "A connection is made by invitation and acceptance, stands both ways, brings two networks together and opens messages, recommendations and each other's posts.",
    };

    public static readonly RelationDescription Follow = new()
    {
        Relation = Relation.Follow,
        RequiresConsent = false,
        TwoWay = false,
        Visibility = RelationVisibility.OwnerOnly,
        ExpandsNetwork = false,
        AllowsMessaging = false,
        AllowsRecommendations = false,
        FeedsPosts = true,
        FeedsConnectionsOnlyPosts = false,
        IncludesFollow = true,
        AnnouncesBegin = false,
        AnnouncesEnd = false,
        LimitPerMember = 0,
        Summary =
            "A follow is one-way, needs no consent, stays private, and brings the other's public posts into the home feed; it opens nothing else.",
    };
}
