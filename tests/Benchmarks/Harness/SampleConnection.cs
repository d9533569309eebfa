using Platform.Connections.Invitations;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Benchmarks.Harness;

/// <summary>A connection of ordinary size: invited with a note, and accepted.</summary>
public static class SampleConnection
{
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch.AddYears(55);

    /// <summary>Stores an accepted invitation.</summary>
    public static async Task StoreAsync(IConnectionStore store, MemberPair pair)
    {
        var stored = await InviteAsync(store, pair);
        var accepted = stored.Accept(
            new RelationshipCommand(pair.High, Time, Request: null),
            stored.Invitation!.Number
        );
        await store.TryStoreAsync(accepted.Next!, CancellationToken.None);
    }

    /// <summary>Stores a pending invitation: one row.</summary>
    public static async Task<Relationship> InviteAsync(IConnectionStore store, MemberPair pair)
    {
        var invited = Relationship
            .None(pair)
            .Send(
                new RelationshipCommand(pair.Low, Time, Request: null),
                "We met at the conference in spring, at the talk on graphs.",
                context: null,
                new InvitationOptions().Policy
            );
        return (await store.TryStoreAsync(invited.Next!, CancellationToken.None))!;
    }
}
