using Platform.Common.V1;

namespace Platform.Tests.Faults.Model;

/// <summary>What can be followed or muted.</summary>
internal readonly record struct Target(EntityKind Kind, string Id)
{
    public static Target Member(string id) => new(EntityKind.Member, id);

    public Entity ToEntity() => new() { Kind = Kind, Id = Id };
}
