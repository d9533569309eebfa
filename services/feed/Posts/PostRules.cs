using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Validation;

namespace Platform.Feed.Posts;

/// <summary>What a post must be like.</summary>
public static class PostRules
{
    /// <summary>The most code points of a text.</summary>
    public const int MaxTextLength = 3000;

    /// <summary>Notes what is wrong with a text: empty only for a profile update.</summary>
    public static void Text(RequestValidator validator, string text, PostKind kind) =>
        validator.Text("text", text, MaxTextLength, required: kind == PostKind.Post);

    /// <summary>Notes an audience that does not go with the author.</summary>
    public static void Audience(RequestValidator validator, PostAudience audience, EntityRef author)
    {
        if (audience == PostAudience.Connections && author.Kind != EntityKind.Member)
        {
            validator.Add("audience", "only a member's post can be for connections");
        }
    }

    /// <summary>Refuses an edit that would leave a post that could not have been created.</summary>
    /// <exception cref="DomainException"><c>INVALID_REQUEST</c>.</exception>
    public static void RequireEdit(Post post, PostEdit edit)
    {
        var validator = new RequestValidator();
        if (edit.Text is not null)
        {
            Text(validator, edit.Text, post.Kind);
        }
        if (edit.Audience is { } audience)
        {
            Audience(validator, audience, post.Author);
        }
        validator.ThrowIfInvalid();
    }
}
