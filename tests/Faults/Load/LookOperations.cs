using Platform.Common.V1;
using Platform.Tests.Faults.Checking;

namespace Platform.Tests.Faults.Load;

/// <summary>Reads, of which each is compared with the model at once.</summary>
internal sealed class LookOperations(WorldWorker worker, WorldReader reader)
{
    public Task AnywhereAsync()
    {
        var pair = worker.AnyPair();
        var viewer = worker.AnyOf(pair);
        var other = pair.Other(viewer);
        return worker.Random.Next(10) switch
        {
            0 => Look([viewer, other], () => reader.StandingAsync(viewer, other)),
            // what others have with each other is in it too
            1 => Look(worker.World.Members, () => reader.ConnectionsAsync(viewer, other)),
            2 => Look(worker.World.Members, () => reader.ConnectionsAsync(viewer, viewer)),
            3 => Look([viewer], () => reader.FollowingAsync(viewer, EntityKind.Member)),
            4 => Look([viewer], () => reader.FollowersAsync(viewer)),
            5 => Look([viewer, other], () => reader.FollowerCountAsync(viewer, other)),
            6 when pair.ConversationId.Length > 0 => Look(
                [viewer, other],
                () => reader.ConversationAsync(pair, viewer)
            ),
            7 => Look([viewer], () => reader.UnreadAsync(viewer)),
            _ => Look(worker.World.Members, () => reader.HomeFeedAsync(viewer, isWhole: false)),
        };
    }

    private Task Look(IReadOnlyCollection<string> members, Func<Task<Observation?>> look) =>
        worker.LookAsync(members, look);
}
