using Platform.Connections.Invitations;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Benchmarks.Harness;

/// <summary>A connection of ordinary size: invited with a note, and accepted.</summary>
public static class SampleConnection
{
    /// <summary>Stores one.</summary>
    public static async Task StoreAsync(IConnectionStore store, MemberPair pair)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(55);
        var policy = new InvitationOptions().Policy;
        var invited = Relationship
            .None(pair)
            .Send(
                new RelationshipCommand(pair.Low, now, Request: null),
                "We met at the conference in spring, at the talk on graphs.",
                context: null,
                policy
            );
        var stored = await store.TryStoreAsync(invited.Next!, CancellationToken.None);
        var accepted = stored!.Accept(
            new RelationshipCommand(pair.High, now, Request: null),
            stored.Invitation!.Number
        );
        await store.TryStoreAsync(accepted.Next!, CancellationToken.None);
    }
}
