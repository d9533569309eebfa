using Platform.Common.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Follows;

/// <summary>Followable entities as they are typed: <c>bob</c> is a member, <c>company:acme</c> is not.</summary>
public static class EntityName
{
    /// <summary>The kinds, as they are typed.</summary>
    public static readonly IReadOnlyDictionary<string, EntityKind> Kinds = new Dictionary<
        string,
        EntityKind
    >(StringComparer.Ordinal)
    {
        ["member"] = EntityKind.Member,
        ["company"] = EntityKind.Company,
        ["hashtag"] = EntityKind.Hashtag,
        ["group"] = EntityKind.Group,
        ["publisher"] = EntityKind.Publisher,
    };

    /// <exception cref="CliException">The kind is none of <see cref="Kinds"/>.</exception>
    public static Entity Parse(string text)
    {
        // No id holds a colon, so it always ends a kind.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return new Entity { Kind = EntityKind.Member, Id = text };
        }

        return Kinds.TryGetValue(text[..colon], out var kind)
            ? new Entity { Kind = kind, Id = text[(colon + 1)..] }
            : throw CliException.BadInput(
                $"'{text[..colon]}' is no kind of entity; kinds are {string.Join(", ", Kinds.Keys)}",
                "TARGET"
            );
    }
}
