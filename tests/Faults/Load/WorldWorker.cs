using System.Globalization;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Load;

/// <summary>
/// Does in one world what members do, one call after the other, and compares every answer with the model. A seed decides what is done; how it
/// mixes with the faults is up to the machine.
/// </summary>
internal sealed class WorldWorker(
    World world,
    int seed,
    Caller caller,
    Tally tally,
    Func<string, MemberClients> clientsOf
)
{
    // of a person; without it few workers would take the whole machine
    private static readonly TimeSpan ThinkTime = TimeSpan.FromMilliseconds(15);

    private int _requests;

    public World World { get; } = world;

    /// <summary>Asks what this world looks like.</summary>
    public WorldReader Reader { get; } = new(world, caller, tally, clientsOf);

    public Random Random { get; } = new(seed);

    /// <summary>What a member calls.</summary>
    public MemberClients Of(string member) => clientsOf(member);

    public string AnyMember() => World.Members[Random.Next(World.Members.Count)];

    public Pair AnyPair() => World.Pairs[Random.Next(World.Pairs.Count)];

    /// <summary>One of the two members of a pair.</summary>
    public string AnyOf(Pair pair) => Random.Next(2) == 0 ? pair.First : pair.Second;

    /// <summary>An id or text that is used once in a run.</summary>
    public string Unique(string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{World.Name}-{what}-{++_requests}");

    /// <summary>Tells of a promise that was not kept.</summary>
    public void Report(Violation violation) => tally.Add(violation);

    /// <summary>Works until it is enough.</summary>
    public async Task RunAsync(CancellationToken enough)
    {
        var mix = new OperationMix(this, Reader);
        while (!enough.IsCancellationRequested)
        {
            // what is not known keeps much from being compared: it is asked for often
            if (World.Uncertain.All is [var oldest, ..] && Random.Next(2) == 0)
            {
                await ResolveAsync(oldest);
            }
            else
            {
                await mix.NextAsync();
            }
            await Task.Delay(ThinkTime, CancellationToken.None);
        }
    }

    /// <summary>Sends again what was not answered; whether everything is now.</summary>
    public async Task<bool> ResolveAsync()
    {
        foreach (var write in World.Uncertain.All)
        {
            await ResolveAsync(write);
        }
        return World.Uncertain.Count == 0;
    }

    /// <summary>Sends a write, unless it is not known what stands where it would change something; then that is found out first.</summary>
    public async Task WriteAsync<T>(Write<T> write)
    {
        if (World.Uncertain.About(write.Subject) is { } before)
        {
            await ResolveAsync(before);
            return;
        }
        if (!await SendAsync(write))
        {
            World.Uncertain.Add(
                new(write.Kind, write.Subject, write.Members, () => SendAsync(write))
            );
        }
    }

    /// <summary>Compares an answer with the model, where it is known what must be answered.</summary>
    public async Task LookAsync(IReadOnlyCollection<string> members, Func<Task<Observation?>> look)
    {
        if (members.Any(World.Uncertain.Concerns))
        {
            return;
        }
        if (await look() is { } seen)
        {
            foreach (var violation in Checker.Check(World, seen).Where(one => !one.MayHeal))
            {
                tally.Add(violation);
            }
        }
    }

    private async Task ResolveAsync(UnansweredWrite write)
    {
        if (await write.RepeatAsync())
        {
            World.Uncertain.Remove(write);
        }
    }

    private async Task<bool> SendAsync<T>(Write<T> write)
    {
        var answer = await caller.CallAsync(write.Kind, write.Call);
        switch (answer.Outcome)
        {
            case Outcome.Acknowledged:
                write.Acknowledged(answer.Value!);
                if (write.Forbidden is { } broken)
                {
                    tally.Add(new(broken, $"{write.Kind} of {write.Subject} was acknowledged"));
                }
                return true;
            case Outcome.Refused:
                if (!write.Refusals.Contains(answer.Reason))
                {
                    tally.Add(
                        new(
                            Violation.Refused,
                            $"{write.Kind} of {write.Subject}: {answer.Reason}"
                                + (
                                    write.Refusals.Count > 0
                                        ? $" instead of {string.Join(" or ", write.Refusals)}"
                                        : ""
                                )
                        )
                    );
                }
                return true;
            default:
                return false;
        }
    }
}
