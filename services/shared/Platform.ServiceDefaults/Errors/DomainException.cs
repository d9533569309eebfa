using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Platform.Common.V1;
using Status = Google.Rpc.Status;

namespace Platform.ServiceDefaults.Errors;

/// <summary>
/// An expected refusal. Handlers and stores throw it; <see cref="ErrorInterceptor"/> makes the status of it. The message is
/// for developers and never holds text that a member wrote.
/// </summary>
public sealed class DomainException : Exception
{
    private readonly Dictionary<string, string> _metadata = [];
    private readonly List<BadRequest.Types.FieldViolation> _fieldViolations = [];
    private readonly List<QuotaFailure.Types.Violation> _quotaViolations = [];
    private readonly List<PreconditionFailure.Types.Violation> _preconditions = [];
    private TimeSpan? _retryAfter;

    /// <summary>A refusal for <paramref name="reason"/>.</summary>
    public DomainException(ErrorReason reason, string message)
        : base(message) => Reason = reason;

    /// <summary>A refusal caused by another exception, which is logged but never sent.</summary>
    public DomainException(ErrorReason reason, string message, Exception? innerException)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why the call was refused.</summary>
    public ErrorReason Reason { get; }

    /// <summary>What travels in the metadata of ErrorInfo.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Adds an entry to the metadata of ErrorInfo, such as <c>until</c>; times are RFC 3339.</summary>
    public DomainException With(string key, string value)
    {
        _metadata[key] = value;
        return this;
    }

    /// <summary>Adds a time to the metadata of ErrorInfo, in RFC 3339 and UTC.</summary>
    public DomainException With(string key, DateTimeOffset time) =>
        With(key, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));

    /// <summary>Adds a wrong field, by its path in the request.</summary>
    public DomainException WithField(string field, string description)
    {
        _fieldViolations.Add(
            new BadRequest.Types.FieldViolation { Field = field, Description = description }
        );
        return this;
    }

    /// <summary>Adds the quota that is used up: whose (for example <c>member:42</c>) and what.</summary>
    public DomainException WithQuota(string subject, string description)
    {
        _quotaViolations.Add(
            new QuotaFailure.Types.Violation { Subject = subject, Description = description }
        );
        return this;
    }

    /// <summary>When the call may be tried again, from now; null when that is not known.</summary>
    public TimeSpan? RetryAfter => _retryAfter;

    /// <summary>Says when the call may be tried again.</summary>
    public DomainException WithRetryAfter(TimeSpan delay)
    {
        _retryAfter = delay;
        return this;
    }

    /// <summary>Adds the state that stands in the way.</summary>
    public DomainException WithPrecondition(string type, string subject, string description)
    {
        _preconditions.Add(
            new PreconditionFailure.Types.Violation
            {
                Type = type,
                Subject = subject,
                Description = description,
            }
        );
        return this;
    }

    /// <summary>The wire form; also what batches carry for an item that failed.</summary>
    /// <param name="domain">The package of the service that refuses, such as <c>platform.connections.v1</c>.</param>
    public Status ToStatus(string domain)
    {
        var info = new ErrorInfo { Reason = ErrorCatalog.NameOf(Reason), Domain = domain };
        info.Metadata.Add(_metadata);
        var status = new Status
        {
            Code = (int)ErrorCatalog.StatusCodeOf(Reason),
            Message = Message,
        };
        status.Details.Add(Any.Pack(info));
        if (_fieldViolations.Count > 0)
        {
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { _fieldViolations } }));
        }
        if (_quotaViolations.Count > 0)
        {
            status.Details.Add(Any.Pack(new QuotaFailure { Violations = { _quotaViolations } }));
        }
        if (_retryAfter is { } delay)
        {
            status.Details.Add(
                Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) })
            );
        }
        if (_preconditions.Count > 0)
        {
            status.Details.Add(
                Any.Pack(new PreconditionFailure { Violations = { _preconditions } })
            );
        }
        return status;
    }
}
