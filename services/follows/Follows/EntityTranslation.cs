using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.ServiceDefaults.Text;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Follows;

/// <summary>Entities of the contract to those of the service and back.</summary>
internal static class EntityTranslation
{
    private const string IdRule = "must be 1-64 of A-Z a-z 0-9 _ - .";

    /// <summary>Reads an entity; notes what is wrong with it and answers a useless value then.</summary>
    public static Followable Entity(this RequestValidator validator, string field, Entity? entity)
    {
        if (entity is null)
        {
            validator.Add(field, "required");
            return default;
        }
        var kind = validator.Kind(field + ".kind", entity.Kind);
        if (kind == FollowKind.Hashtag)
        {
            if (HashtagId.TryNormalize(entity.Id, out var id))
            {
                return new Followable(kind, id);
            }
            validator.Add(field + ".id", HashtagId.Rule);
        }
        else if (!MemberId.IsValid(entity.Id))
        {
            validator.Add(field + ".id", entity.Id.Length == 0 ? "required; " + IdRule : IdRule);
        }
        return new Followable(kind, entity.Id);
    }

    /// <summary>Reads entities; notes what is wrong with each. Names of fields are made only for those.</summary>
    public static Followable[] Entities(
        this RequestValidator validator,
        string field,
        IReadOnlyList<Entity> entities
    )
    {
        var read = new Followable[entities.Count];
        for (var index = 0; index < read.Length; index++)
        {
            var entity = entities[index];
            read[index] =
                IsPlain(entity.Kind) && MemberId.IsValid(entity.Id)
                    ? new Followable((FollowKind)(int)entity.Kind, entity.Id)
                    : validator.Entity($"{field}[{index}]", entity);
        }
        return read;
    }

    /// <summary>The entity on the wire; the one that was read where it says the same.</summary>
    public static Entity ToProto(this Followable entity, Entity read) =>
        string.Equals(entity.Id, read.Id, StringComparison.Ordinal) ? read : entity.ToProto();

    private static bool IsPlain(EntityKind kind) =>
        kind is EntityKind.Member or EntityKind.Company or EntityKind.Group or EntityKind.Publisher;

    public static FollowKind Kind(this RequestValidator validator, string field, EntityKind kind)
    {
        validator.Required(field, kind);
        return (FollowKind)(int)kind;
    }

    public static Entity ToProto(this Followable entity) =>
        new() { Kind = entity.Kind.ToProto(), Id = entity.Id };

    public static EntityKind ToProto(this FollowKind kind) => (EntityKind)(int)kind;
}
