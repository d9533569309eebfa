using System.CommandLine;
using Grpc.Core;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Cli;

/// <summary>What one run of a command that one member gives works with.</summary>
/// <param name="context">The run.</param>
/// <param name="memberId">Who acts.</param>
/// <param name="session">The gateway, with the member's token.</param>
/// <param name="cancellationToken">Cancelled when the user stops it.</param>
public sealed class MemberRun(
    CommandContext context,
    string memberId,
    GatewaySession session,
    CancellationToken cancellationToken
)
{
    public CommandContext Context { get; } = context;

    public ParseResult Parse => Context.Parse;

    public string MemberId { get; } = memberId;

    public GatewaySession Session { get; } = session;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>What generated clients are made from.</summary>
    public CallInvoker Invoker => Session.Invoker;

    /// <summary>The deadline of one call, beginning now.</summary>
    public CallOptions Call() => Session.Call(CancellationToken);

    /// <summary>The one result of the command.</summary>
    public void Write(object json, string text) => Context.Write(json, text);

    /// <summary>Turns the pages of a list and writes it.</summary>
    /// <param name="limit">How many entries at most; see <see cref="Arguments.Limit"/>.</param>
    /// <param name="maxPageSize">The largest page that the method gives.</param>
    /// <param name="fetch">Gets one page: its size and token in, its entries and the next token out.</param>
    /// <param name="result">What is written of an entry.</param>
    /// <param name="table">How people are shown it.</param>
    public async Task ListAsync<TEntry, TResult>(
        Option<int> limit,
        int maxPageSize,
        Func<int, string, Task<(IEnumerable<TEntry> Items, string NextPageToken)>> fetch,
        Func<TEntry, TResult> result,
        ListTable<TResult> table
    )
        where TResult : notnull
    {
        var listing = await Pages.CollectAsync(Parse.GetRequiredValue(limit), maxPageSize, fetch);
        Context.WriteList(listing.Select(result), table);
    }
}
