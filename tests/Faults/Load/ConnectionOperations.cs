using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Load;

/// <summary>Invitations, connections, blocks, and who sees the list of them.</summary>
internal sealed class ConnectionOperations(WorldWorker worker)
{
    // blocks leave follows of which less is known: only some pairs have them
    private const int BlockingMembers = 3;

    private readonly World _world = worker.World;

    /// <summary>What comes next between two: an invitation, an answer to it, seldom an end.</summary>
    public Task MoveOnAsync()
    {
        var pair = worker.AnyPair();
        var draw = worker.Random.NextDouble();
        if (pair.IsBlocked)
        {
            return InviteInVainAsync(pair);
        }
        if (pair.IsConnected)
        {
            return draw < 0.15 ? RemoveAsync(pair) : Task.CompletedTask;
        }
        if (pair.Inviter.Length == 0)
        {
            return InviteAsync(pair, worker.AnyOf(pair));
        }
        return draw switch
        {
            < 0.6 => AcceptAsync(pair),
            < 0.75 => DeclineAsync(pair),
            < 0.85 => WithdrawAsync(pair),
            _ => InviteAsync(pair, pair.Other(pair.Inviter)),
        };
    }

    /// <summary>An invitation that must be refused.</summary>
    public Task InviteInVainAsync() => InviteInVainAsync(worker.AnyPair());

    public Task BlockOrUnblockAsync()
    {
        var first = worker.Random.Next(BlockingMembers);
        var second = (first + 1 + worker.Random.Next(BlockingMembers - 1)) % BlockingMembers;
        var (member, other) = (_world.Members[first], _world.Members[second]);
        var pair = _world.Between(member, other);
        if (
            _world.Uncertain.About((member, Target.Member(other))) is not null
            || _world.Uncertain.About((other, Target.Member(member))) is not null
        )
        {
            // what it would be answered would depend on when the block is heard of
            return Task.CompletedTask;
        }
        return pair.BlockedBy.Contains(member)
            ? UnblockAsync(pair, member)
            : BlockAsync(pair, member);
    }

    public Task SetVisibilityAsync()
    {
        var member = worker.AnyMember();
        var visibility = (ListVisibility)worker.Random.Next(1, 4);
        var requestId = worker.Unique("visibility");
        return worker.WriteAsync(
            new Write<UpdateConnectionSettingsResponse>(
                "UpdateConnectionSettings",
                ("visibility", member),
                // who sees what of all of them
                [.. _world.Members],
                options =>
                    worker
                        .Of(member)
                        .ConnectionSettings.UpdateConnectionSettingsAsync(
                            new UpdateConnectionSettingsRequest
                            {
                                RequestId = requestId,
                                Settings = new() { ListVisibility = visibility },
                            },
                            options
                        ),
                answer =>
                {
                    _world.ListVisibilities[member] = visibility;
                    _world.ConnectionsRevision = answer.Revision;
                }
            )
        );
    }

    private Task InviteAsync(Pair pair, string inviter)
    {
        var request = new SendInvitationRequest
        {
            InviteeId = pair.Other(inviter),
            RequestId = worker.Unique("invite"),
        };
        return worker.WriteAsync(
            Change<SendInvitationResponse>(
                "SendInvitation",
                pair,
                options => worker.Of(inviter).Invitations.SendInvitationAsync(request, options),
                answer =>
                {
                    if (answer.Status == ConnectionStatus.Connected)
                    {
                        pair.Connect();
                    }
                    else
                    {
                        pair.Invite(inviter, answer.Invitation.InvitationId);
                    }
                    _world.ConnectionsRevision = answer.Revision;
                }
            ) with
            {
                // cool-downs are of no length here, but begin at the time of a clock that may be ahead
                Refusals = [ErrorReason.CoolDown],
            }
        );
    }

    private Task InviteInVainAsync(Pair pair)
    {
        var inviter = pair.Inviter.Length > 0 ? pair.Inviter : worker.AnyOf(pair);
        ErrorReason? reason =
            pair.IsBlocked ? ErrorReason.NotInvitable
            : pair.IsConnected ? ErrorReason.AlreadyConnected
            : pair.Inviter.Length > 0 ? ErrorReason.AlreadyInvited
            : null;
        if (reason is null)
        {
            return Task.CompletedTask;
        }
        var request = new SendInvitationRequest
        {
            InviteeId = pair.Other(inviter),
            RequestId = worker.Unique("vain"),
        };
        return worker.WriteAsync(
            Change<SendInvitationResponse>(
                "SendInvitation in vain",
                pair,
                options => worker.Of(inviter).Invitations.SendInvitationAsync(request, options),
                _ => { }
            ) with
            {
                Refusals = [reason.Value],
                Forbidden = Violation.Accepted,
            }
        );
    }

    private Task AcceptAsync(Pair pair)
    {
        var request = new AcceptInvitationRequest
        {
            InvitationId = pair.InvitationId,
            RequestId = worker.Unique("accept"),
        };
        var invitee = pair.Other(pair.Inviter);
        return worker.WriteAsync(
            Change<AcceptInvitationResponse>(
                "AcceptInvitation",
                pair,
                options => worker.Of(invitee).Invitations.AcceptInvitationAsync(request, options),
                answer =>
                {
                    pair.Connect();
                    _world.ConnectionsRevision = answer.Revision;
                }
            )
        );
    }

    private Task DeclineAsync(Pair pair)
    {
        var request = new DeclineInvitationRequest
        {
            InvitationId = pair.InvitationId,
            RequestId = worker.Unique("decline"),
        };
        var invitee = pair.Other(pair.Inviter);
        return worker.WriteAsync(
            Change<DeclineInvitationResponse>(
                "DeclineInvitation",
                pair,
                options => worker.Of(invitee).Invitations.DeclineInvitationAsync(request, options),
                answer =>
                {
                    pair.EndInvitation();
                    _world.ConnectionsRevision = answer.Revision;
                }
            )
        );
    }

    private Task WithdrawAsync(Pair pair)
    {
        var request = new WithdrawInvitationRequest
        {
            InvitationId = pair.InvitationId,
            RequestId = worker.Unique("withdraw"),
        };
        var inviter = pair.Inviter;
        return worker.WriteAsync(
            Change<WithdrawInvitationResponse>(
                "WithdrawInvitation",
                pair,
                options => worker.Of(inviter).Invitations.WithdrawInvitationAsync(request, options),
                answer =>
                {
                    pair.EndInvitation();
                    _world.ConnectionsRevision = answer.Revision;
                }
            )
        );
    }

    private Task RemoveAsync(Pair pair)
    {
        var member = worker.AnyOf(pair);
        var request = new RemoveConnectionRequest
        {
            OtherId = pair.Other(member),
            RequestId = worker.Unique("remove"),
        };
        return worker.WriteAsync(
            Change<RemoveConnectionResponse>(
                "RemoveConnection",
                pair,
                options => worker.Of(member).Connections.RemoveConnectionAsync(request, options),
                answer =>
                {
                    pair.Disconnect();
                    _world.ConnectionsRevision = answer.Revision;
                }
            )
        );
    }

    private Task BlockAsync(Pair pair, string member)
    {
        var request = new BlockMemberRequest
        {
            OtherId = pair.Other(member),
            RequestId = worker.Unique("block"),
        };
        return worker.WriteAsync(
            Change<BlockMemberResponse>(
                "BlockMember",
                pair,
                options => worker.Of(member).Blocks.BlockMemberAsync(request, options),
                answer =>
                {
                    _world.Block(pair, member);
                    _world.ConnectionsRevision = answer.Revision;
                }
            ) with
            {
                // as a cool-down
                Refusals = [ErrorReason.BlockTooSoon],
            }
        );
    }

    private Task UnblockAsync(Pair pair, string member)
    {
        var request = new UnblockMemberRequest
        {
            OtherId = pair.Other(member),
            RequestId = worker.Unique("unblock"),
        };
        return worker.WriteAsync(
            Change<UnblockMemberResponse>(
                "UnblockMember",
                pair,
                options => worker.Of(member).Blocks.UnblockMemberAsync(request, options),
                answer =>
                {
                    pair.Unblock(member);
                    _world.ConnectionsRevision = answer.Revision;
                }
            )
        );
    }

    private static Write<T> Change<T>(
        string kind,
        Pair pair,
        Func<Grpc.Core.CallOptions, Grpc.Core.AsyncUnaryCall<T>> call,
        Action<T> acknowledged
    ) => new(kind, pair, [pair.First, pair.Second], call, acknowledged);
}
