using System.CommandLine;
using System.CommandLine.Parsing;
using Platform.Common.V1;

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

    /// <summary>What is followed or muted. A kind that is none of <see cref="Kinds"/> is wrong usage.</summary>
    public static Argument<Entity> Argument() =>
        new("TARGET")
        {
            Description =
                "A member, or kind:id for something else: company:acme, hashtag:dotnet, group:climbers, publisher:news",
            CustomParser = Parse,
        };

    private static Entity? Parse(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        // No id holds a colon, so it always ends a kind.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return new Entity { Kind = EntityKind.Member, Id = text };
        }

        if (Kinds.TryGetValue(text[..colon], out var kind))
        {
            return new Entity { Kind = kind, Id = text[(colon + 1)..] };
        }

        argument.AddError(
            $"'{text[..colon]}' is no kind of entity; kinds are {string.Join(", ", Kinds.Keys)}"
        );
        return null;
    }
}
