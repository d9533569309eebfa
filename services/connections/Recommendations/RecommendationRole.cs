namespace Platform.Connections.Recommendations;

/// <summary>What a member is to a recommendation. The numbers are stored.</summary>
public enum RecommendationRole
{
    /// <summary>Writes it.</summary>
    Author = 1,

    /// <summary>Whom it is about.</summary>
    Recipient = 2,
}
