namespace Platform.Tests.Faults.Load;

/// <summary>What members do, and how often.</summary>
internal sealed class OperationMix
{
    private readonly Random _random;
    private readonly (double Weight, Func<Task> RunAsync)[] _operations;
    private readonly double _total;

    public OperationMix(WorldWorker worker, WorldReader reader)
    {
        _random = worker.Random;
        var connecting = new ConnectionOperations(worker);
        var following = new FollowOperations(worker);
        var messaging = new MessageOperations(worker);
        var posting = new PostOperations(worker);
        var looking = new LookOperations(worker, reader);
        _operations =
        [
            (10, connecting.MoveOnAsync),
            (1, connecting.InviteInVainAsync),
            (1, connecting.BlockOrUnblockAsync),
            (1.5, connecting.SetVisibilityAsync),
            (7, following.FollowOrUnfollowAsync),
            (1, following.UnfollowInVainAsync),
            (2, following.MuteOrUnmuteAsync),
            (1, following.SetFollowerCountAsync),
            (14, messaging.SendAsync),
            (2, messaging.SendToUnconnectedAsync),
            (2, messaging.EditAsync),
            (1, messaging.DeleteAsync),
            (3, messaging.MarkReadAsync),
            (4, posting.PublishAsync),
            (1, posting.EditAsync),
            (1, posting.DeleteAsync),
            (12, looking.AnywhereAsync),
        ];
        _total = _operations.Sum(one => one.Weight);
    }

    /// <summary>Does the next thing.</summary>
    public Task NextAsync()
    {
        var draw = _random.NextDouble() * _total;
        foreach (var (weight, runAsync) in _operations)
        {
            draw -= weight;
            if (draw < 0)
            {
                return runAsync();
            }
        }
        return _operations[^1].RunAsync();
    }
}
