using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Load;

/// <summary>Follows, mutes, and who is told how many followers there are.</summary>
internal sealed class FollowOperations(WorldWorker worker)
{
    private readonly World _world = worker.World;

    public Task FollowOrUnfollowAsync()
    {
        var member = worker.AnyMember();
        var target = AnyTarget(member);
        return _world.Follows.Contains((member, target))
            ? UnfollowAsync(member, target)
            : FollowAsync(member, target);
    }

    /// <summary>An unfollow of what is not followed.</summary>
    public Task UnfollowInVainAsync()
    {
        var member = worker.AnyMember();
        var target = AnyTarget(member);
        if (_world.Follows.Contains((member, target)) || WasBlocked(member, target))
        {
            return Task.CompletedTask;
        }
        var request = new UnfollowRequest
        {
            Entity = target.ToEntity(),
            RequestId = worker.Unique("vain"),
        };
        return worker.WriteAsync(
            new Write<UnfollowResponse>(
                "Unfollow in vain",
                (member, target),
                Concerned(member, target),
                options => worker.Of(member).Follows.UnfollowAsync(request, options),
                _ => { }
            )
            {
                Refusals = [ErrorReason.NotFollowing],
                Forbidden = Violation.Accepted,
            }
        );
    }

    public Task MuteOrUnmuteAsync()
    {
        var member = worker.AnyMember();
        var target = Target.Member(AnotherThan(member));
        return _world.Mutes.Contains((member, target))
            ? UnmuteAsync(member, target)
            : MuteAsync(member, target);
    }

    public Task SetFollowerCountAsync()
    {
        var member = worker.AnyMember();
        var hides = !_world.HidesFollowerCount.Contains(member);
        var request = new UpdateFollowSettingsRequest
        {
            RequestId = worker.Unique("count"),
            Settings = new()
            {
                FollowerCountVisibility = hides
                    ? FollowerCountVisibility.OnlyMe
                    : FollowerCountVisibility.Everyone,
            },
        };
        return worker.WriteAsync(
            new Write<UpdateFollowSettingsResponse>(
                "UpdateFollowSettings",
                ("follower count", member),
                [.. _world.Members],
                options =>
                    worker.Of(member).FollowSettings.UpdateFollowSettingsAsync(request, options),
                answer =>
                {
                    _ = hides
                        ? _world.HidesFollowerCount.Add(member)
                        : _world.HidesFollowerCount.Remove(member);
                    _world.FollowsRevision = answer.Revision;
                }
            )
        );
    }

    private Task FollowAsync(string member, Target target)
    {
        var request = new FollowRequest
        {
            Entity = target.ToEntity(),
            RequestId = worker.Unique("follow"),
        };
        var wasBlocked = WasBlocked(member, target);
        return worker.WriteAsync(
            new Write<FollowResponse>(
                "Follow",
                (member, target),
                Concerned(member, target),
                options => worker.Of(member).Follows.FollowAsync(request, options),
                answer =>
                {
                    // over a block it may be accepted until follows has heard of the block, and ends then
                    if (!wasBlocked)
                    {
                        _world.Follows.Add((member, target));
                    }
                    _world.FollowsRevision = answer.Revision;
                }
            )
            {
                Refusals = wasBlocked ? [ErrorReason.NotFollowable] : [],
            }
        );
    }

    private Task UnfollowAsync(string member, Target target)
    {
        var request = new UnfollowRequest
        {
            Entity = target.ToEntity(),
            RequestId = worker.Unique("unfollow"),
        };
        return worker.WriteAsync(
            new Write<UnfollowResponse>(
                "Unfollow",
                (member, target),
                Concerned(member, target),
                options => worker.Of(member).Follows.UnfollowAsync(request, options),
                answer =>
                {
                    _world.Follows.Remove((member, target));
                    _world.FollowsRevision = answer.Revision;
                }
            )
        );
    }

    private Task MuteAsync(string member, Target target)
    {
        var request = new MuteRequest
        {
            Entity = target.ToEntity(),
            RequestId = worker.Unique("mute"),
        };
        return worker.WriteAsync(
            new Write<MuteResponse>(
                "Mute",
                ("mute", member, target),
                [member],
                options => worker.Of(member).Follows.MuteAsync(request, options),
                answer =>
                {
                    _world.Mutes.Add((member, target));
                    _world.FollowsRevision = answer.Revision;
                }
            )
        );
    }

    private Task UnmuteAsync(string member, Target target)
    {
        var request = new UnmuteRequest
        {
            Entity = target.ToEntity(),
            RequestId = worker.Unique("unmute"),
        };
        return worker.WriteAsync(
            new Write<UnmuteResponse>(
                "Unmute",
                ("mute", member, target),
                [member],
                options => worker.Of(member).Follows.UnmuteAsync(request, options),
                answer =>
                {
                    _world.Mutes.Remove((member, target));
                    _world.FollowsRevision = answer.Revision;
                }
            )
        );
    }

    private Target AnyTarget(string member) =>
        worker.Random.Next(2) == 0
            ? Target.Member(AnotherThan(member))
            : _world.Others[worker.Random.Next(_world.Others.Count)];

    private string AnotherThan(string member)
    {
        var others = _world.Members.Where(one => one != member).ToArray();
        return others[worker.Random.Next(others.Length)];
    }

    private bool WasBlocked(string member, Target target) =>
        target.Kind == EntityKind.Member && _world.Between(member, target.Id).WasBlocked;

    private static string[] Concerned(string member, Target target) =>
        target.Kind == EntityKind.Member ? [member, target.Id] : [member];
}
