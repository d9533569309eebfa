using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Telemetry;

namespace Platform.Messaging.Connections;

/// <summary>
/// Leaves connections alone after it gave no answer several times in a row: who sends then is refused at once instead of after the
/// gate's time. After a while one check is let through; if it is answered, all are.
/// </summary>
public sealed class GateCircuit(IOptions<GateOptions> options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _failures;
    private long _openedAt;
    private bool _isOpen;
    private bool _isTrying;

    /// <summary>Whether checks go through.</summary>
    public CircuitState State
    {
        get
        {
            lock (_gate)
            {
                return !_isOpen ? CircuitState.Closed
                    : _isTrying ? CircuitState.HalfOpen
                    : CircuitState.Open;
            }
        }
    }

    /// <summary>Lets a check through, or refuses it.</summary>
    /// <returns>Whether it is the one that tries; to be told to whichever method ends it.</returns>
    /// <exception cref="DomainException"><see cref="ErrorReason.DependencyUnavailable"/>.</exception>
    public bool Enter()
    {
        lock (_gate)
        {
            if (!_isOpen)
            {
                return false;
            }
            if (_isTrying || time.GetElapsedTime(_openedAt) < options.Value.OpenTime)
            {
                throw new DomainException(
                    ErrorReason.DependencyUnavailable,
                    "Whether the members are connected cannot be found out at present."
                )
                    .With("dependency", "connections")
                    .WithRetryAfter(options.Value.OpenTime);
            }
            _isTrying = true;
            return true;
        }
    }

    /// <summary>The check was answered.</summary>
    public void Succeeded(bool wasTrial)
    {
        lock (_gate)
        {
            // a late answer to a check from before says nothing about now
            if (!_isOpen || wasTrial)
            {
                (_failures, _isOpen, _isTrying) = (0, false, false);
            }
        }
    }

    /// <summary>The check got no answer.</summary>
    public void Failed(bool wasTrial)
    {
        lock (_gate)
        {
            if (wasTrial || (!_isOpen && ++_failures >= options.Value.FailuresToOpen))
            {
                (_isOpen, _isTrying, _openedAt) = (true, false, time.GetTimestamp());
            }
        }
    }

    /// <summary>The check ended for a reason that has nothing to do with connections.</summary>
    public void LearnedNothing(bool wasTrial)
    {
        if (wasTrial)
        {
            lock (_gate)
            {
                _isTrying = false;
            }
        }
    }
}
