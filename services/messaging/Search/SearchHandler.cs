using Platform.Common.V1;
using Platform.Messaging.Conversations;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Messaging.Search;

/// <summary>Searching in one's own conversations.</summary>
public sealed class SearchHandler(IMessageStore store)
{
    public const int DefaultPageSize = 20;
    public const int MaxPageSize = 50;

    /// <summary>The most code points a query has.</summary>
    public const int MaxQueryLength = 200;

    /// <summary>A page of the messages that hold all words of a query, newest first.</summary>
    public async Task<SearchPage> SearchAsync(
        SearchQuery query,
        CancellationToken cancellationToken
    )
    {
        if (query.Words.Count == 0)
        {
            throw new DomainException(
                ErrorReason.InvalidRequest,
                "The query holds no word."
            ).WithField("query", "must hold a letter or a digit");
        }
        try
        {
            return await store.SearchAsync(query, cancellationToken)
                ?? throw Refusals.ConversationNotFound();
        }
        catch (FormatException)
        {
            throw PageToken.Foreign();
        }
    }
}
