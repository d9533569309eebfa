using System.Collections.Concurrent;
using System.Globalization;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Limits;

/// <summary>
/// How fast a member may send. Each replica counts for itself, so that a send costs no second write: behind a balancer a member gets up to
/// as many times the limit as there are replicas. It is there to stop what has run wild, not to meter.
/// </summary>
/// <remarks>
/// One moment a member: when all that was sent will have been paid for at the tier's pace. A member may be ahead of it by a minute's
/// worth. Moments are counted from the start of the process: a clock that is set ahead and back holds nobody up.
/// </remarks>
public sealed class MessageRate(MessageLimitSource limits, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // then those who have paid are forgotten: some megabytes
    private const int MaxRemembered = 50_000;

    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, long> _paidAt = new(StringComparer.Ordinal);

    // counted here: to ask the dictionary locks all of it
    private int _remembered;
    private int _forgetAt = MaxRemembered;

    /// <summary>Counts a message that is about to be sent.</summary>
    /// <param name="memberId">Who sends it.</param>
    /// <param name="tier">The tier that the token names.</param>
    /// <exception cref="DomainException"><see cref="ErrorReason.MessageRate"/>.</exception>
    public void Count(string memberId, string tier)
    {
        var limit = limits.Of(tier);
        if (limit.MessagesPerMinute is not { } most)
        {
            return;
        }
        if (most == 0)
        {
            throw Refused(memberId, limit, Window);
        }
        var price = Window.Ticks / most;
        var now = time.GetElapsedTime(_start).Ticks;
        while (true)
        {
            var known = _paidAt.GetValueOrDefault(memberId);
            var next = Math.Max(known, now) + price;
            if (next - now > Window.Ticks)
            {
                throw Refused(memberId, limit, TimeSpan.FromTicks(next - now - Window.Ticks));
            }
            if (known != 0 && _paidAt.TryUpdate(memberId, next, known))
            {
                return;
            }
            if (known == 0 && _paidAt.TryAdd(memberId, next))
            {
                break;
            }
        }
        if (Interlocked.Increment(ref _remembered) > Volatile.Read(ref _forgetAt))
        {
            Forget(now);
        }
    }

    private void Forget(long now)
    {
        foreach (var member in _paidAt.Where(member => member.Value <= now))
        {
            _paidAt.TryRemove(member);
        }
        var left = _paidAt.Count;
        Volatile.Write(ref _remembered, left);
        Volatile.Write(ref _forgetAt, Math.Max(MaxRemembered, 2 * left));
    }

    private static DomainException Refused(
        string memberId,
        MessageLimits limits,
        TimeSpan retryAfter
    ) =>
        new DomainException(ErrorReason.MessageRate, "Too many messages in a short time.")
            .With("limit", limits.MessagesPerMinute!.Value.ToString(CultureInfo.InvariantCulture))
            .With("tier", limits.Tier)
            .WithQuota($"member:{memberId}", "messages a minute")
            .WithRetryAfter(retryAfter);
}
