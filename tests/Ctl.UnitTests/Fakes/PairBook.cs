using Platform.Common.V1;
using Platform.Ctl.Import;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>The state of every pair, with the rules of connections that this program relies on; safe for many callers.</summary>
public sealed class PairBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Pair> _pairs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PairCheck> _answers = new(StringComparer.Ordinal);

    public int Mutations { get; private set; }

    public PairCheck Check(string member, string other)
    {
        lock (_gate)
        {
            return _pairs.TryGetValue(Key(member, other), out var pair)
                ? pair.SeenBy(member, Key(member, other))
                : default;
        }
    }

    public PairCheck Invite(string inviter, string invitee, string requestId = "")
    {
        lock (_gate)
        {
            if (_answers.TryGetValue($"{inviter}/{requestId}", out var first))
            {
                return first;
            }

            var key = Key(inviter, invitee);
            if (inviter == invitee)
            {
                throw Refusals.Of(ErrorReason.SelfInvitation);
            }

            if (_pairs.TryGetValue(key, out var pair))
            {
                if (pair.Connected)
                {
                    throw Refusals.Of(ErrorReason.AlreadyConnected);
                }

                if (pair.Inviter == inviter)
                {
                    throw Refusals.Of(ErrorReason.AlreadyInvited);
                }
            }

            Mutations++;
            var now = _pairs[key] = new Pair(pair?.Inviter ?? inviter, Connected: pair is not null);
            return Remember(inviter, requestId, now.SeenBy(inviter, key));
        }
    }

    public void Accept(string invitee, string invitationId, string requestId = "")
    {
        lock (_gate)
        {
            if (_answers.ContainsKey($"{invitee}/{requestId}"))
            {
                return;
            }

            if (!_pairs.TryGetValue(invitationId, out var pair))
            {
                throw Refusals.Of(ErrorReason.InvitationNotFound);
            }

            if (pair.Connected)
            {
                throw Refusals.Of(ErrorReason.InvitationNotPending);
            }

            if (pair.Inviter == invitee)
            {
                throw Refusals.Of(ErrorReason.NotTheInvitee);
            }

            Mutations++;
            _pairs[invitationId] = pair with { Connected = true };
            Remember(invitee, requestId, default);
        }
    }

    public void Remove(string member, string other)
    {
        lock (_gate)
        {
            if (!_pairs.TryGetValue(Key(member, other), out var pair) || !pair.Connected)
            {
                throw Refusals.Of(ErrorReason.NotConnected);
            }

            Mutations++;
            _pairs.Remove(Key(member, other));
        }
    }

    public IReadOnlyList<string> ConnectionsOf(string member)
    {
        lock (_gate)
        {
            return
            [
                .. _pairs
                    .Where(pair => pair.Value.Connected)
                    .Select(pair => pair.Key.Split('~'))
                    .Where(pair => pair[0] == member || pair[1] == member)
                    .Select(pair => pair[0] == member ? pair[1] : pair[0])
                    .Order(StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>How far two members are apart, up to 3.</summary>
    public int? DistanceOf(string member, string other)
    {
        HashSet<string> reached = [member];
        for (var distance = 0; distance <= 3; distance++)
        {
            if (reached.Contains(other))
            {
                return distance;
            }
            reached.UnionWith([.. reached.SelectMany(ConnectionsOf)]);
        }
        return null;
    }

    private PairCheck Remember(string member, string requestId, PairCheck answer)
    {
        if (requestId.Length > 0)
        {
            _answers[$"{member}/{requestId}"] = answer;
        }

        return answer;
    }

    private static string Key(string one, string two) =>
        string.CompareOrdinal(one, two) < 0 ? $"{one}~{two}" : $"{two}~{one}";

    private sealed record Pair(string Inviter, bool Connected)
    {
        public PairCheck SeenBy(string member, string key) =>
            Connected ? new PairCheck(PairState.Connected, "")
            : Inviter == member ? new PairCheck(PairState.InvitationSent, key)
            : new PairCheck(PairState.InvitationReceived, key);
    }
}
