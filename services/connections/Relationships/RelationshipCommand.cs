namespace Platform.Connections.Relationships;

/// <summary>What every change of a pair has in common.</summary>
/// <param name="Actor">The member who acts; one of the pair.</param>
/// <param name="Now">The time of the change, in whole milliseconds: every engine keeps those.</param>
/// <param name="Request">Set when the caller named a <c>request_id</c>.</param>
/// <param name="Tier">The tier of the call's token; empty for the default.</param>
public readonly record struct RelationshipCommand(
    string Actor,
    DateTimeOffset Now,
    RequestKey? Request = null,
    string Tier = ""
);
