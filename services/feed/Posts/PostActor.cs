using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Posts;

/// <summary>Who changes or inspects a post.</summary>
/// <param name="Member">The acting member; null for a service that acts for no member.</param>
/// <param name="IsService">Whether a service asks: it may act for companies, groups and publishers.</param>
public sealed record PostActor(string? Member, bool IsService)
{
    /// <summary>Refuses whoever is not the author, or a service for an author that is no member.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.AuthorKind"/>, <see cref="ErrorReason.NotTheAuthor"/>.</exception>
    public void RequireAuthor(EntityRef author)
    {
        if (author.Kind != EntityKind.Member && !IsService)
        {
            throw new DomainException(
                ErrorReason.AuthorKind,
                "Only services act for companies, groups and publishers."
            );
        }
        if (author.Kind == EntityKind.Member && author.Id != Member)
        {
            throw new DomainException(ErrorReason.NotTheAuthor, "Only its author changes a post.");
        }
    }
}
