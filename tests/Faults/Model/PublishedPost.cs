namespace Platform.Tests.Faults.Model;

/// <summary>A post that was acknowledged.</summary>
/// <param name="id">Its id, a number: of two posts the larger is the newer, unless a clock jumped.</param>
/// <param name="author">The member who published it.</param>
/// <param name="hashtag">The hashtag of its text; empty for none.</param>
/// <param name="isForConnections">Whether only connections of the author see it.</param>
internal sealed class PublishedPost(
    string id,
    string author,
    string text,
    string hashtag,
    bool isForConnections
)
{
    public string Id { get; } = id;
    public string Author { get; } = author;
    public string Text { get; set; } = text;
    public string Hashtag { get; } = hashtag;
    public bool IsForConnections { get; } = isForConnections;
    public bool IsDeleted { get; set; }
}
