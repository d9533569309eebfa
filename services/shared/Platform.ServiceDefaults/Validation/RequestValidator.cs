using System.Text;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Validation;

/// <summary>
/// Collects everything wrong with a request, so that the caller learns all of it at once. Fields are named as in the
/// proto, nested ones with dots, items of lists as <c>items[3].note</c>.
/// </summary>
public sealed partial class RequestValidator
{
    private const string IdRule = "must be 1-64 of A-Z a-z 0-9 _ - .";
    private readonly List<(string Field, string Description)> _violations = [];

    /// <summary>Whether nothing is wrong so far.</summary>
    public bool IsValid => _violations.Count == 0;

    /// <summary>Notes a wrong field.</summary>
    public RequestValidator Add(string field, string description)
    {
        _violations.Add((field, description));
        return this;
    }

    /// <summary>A required member id, or any other id of that pattern.</summary>
    public RequestValidator MemberId(string field, string id)
    {
        if (!Validation.MemberId.IsValid(id))
        {
            Add(field, id.Length == 0 ? $"required; {IdRule}" : IdRule);
        }
        return this;
    }

    /// <summary>An id of that pattern, or empty.</summary>
    public RequestValidator OptionalMemberId(string field, string id) =>
        id.Length == 0 ? this : MemberId(field, id);

    /// <summary>A list of ids of that pattern.</summary>
    public RequestValidator MemberIds(string field, IReadOnlyList<string> ids)
    {
        for (var index = 0; index < ids.Count; index++)
        {
            if (!Validation.MemberId.IsValid(ids[index]))
            {
                Add($"{field}[{index}]", IdRule);
            }
        }
        return this;
    }

    /// <summary>
    /// Text that a member wrote: at most <paramref name="maxLength"/> Unicode code points, no control characters but tab
    /// and line feed, and not only white space where it is required (or given).
    /// </summary>
    public RequestValidator Text(string field, string text, int maxLength, bool required = false)
    {
        if (text.Length == 0)
        {
            return required ? Add(field, "required") : this;
        }
        var length = 0;
        var visible = false;
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            if (Rune.IsControl(rune) && rune.Value is not ('\t' or '\n'))
            {
                return Add(field, "must not hold control characters other than tab and line feed");
            }
            visible |= !Rune.IsWhiteSpace(rune);
        }
        if (length > maxLength)
        {
            Add(field, $"must be at most {maxLength} characters; it has {length}");
        }
        else if (!visible)
        {
            Add(field, "must not be only white space");
        }
        return this;
    }

    /// <summary>An optional <c>request_id</c>: 1-64 of <c>A-Z a-z 0-9 _ - . :</c></summary>
    public RequestValidator RequestId(string requestId)
    {
        if (
            requestId.Length > 64
            || requestId.Any(c =>
                !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or ':')
            )
        )
        {
            Add("request_id", "must be 1-64 of A-Z a-z 0-9 _ - . :");
        }
        return this;
    }

    /// <summary>A page size: 0 for the default, else 1 to <paramref name="max"/>. Too large is refused, not adjusted.</summary>
    /// <returns>The size to use.</returns>
    public int PageSize(int size, int @default, int max) => Size("page_size", size, @default, max);

    /// <summary>How many items come in a piece of a stream, as <see cref="PageSize"/>.</summary>
    /// <returns>The size to use.</returns>
    public int ChunkSize(int size, int @default, int max) =>
        Size("chunk_size", size, @default, max);

    private int Size(string field, int size, int @default, int max)
    {
        if (size < 0 || size > max)
        {
            Add(field, $"must be between 0 (the default, {@default}) and {max}");
        }
        return size == 0 ? @default : size;
    }

    /// <summary>An enum that must be given and known to this build.</summary>
    public RequestValidator Required<T>(string field, T value)
        where T : struct, Enum =>
        Convert.ToInt32(value, null) == 0 || !Enum.IsDefined(value)
            ? Add(field, "must be one of the values of its enum")
            : this;

    /// <summary>An enum that may be left out, but not be unknown to this build.</summary>
    public RequestValidator Optional<T>(string field, T value)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? this : Add(field, "must be one of the values of its enum");

    /// <summary>The number of items of a batch: at least one, at most <paramref name="max"/>.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.BatchTooLarge"/>, at once.</exception>
    public RequestValidator Batch(string field, int count, int max)
    {
        if (count > max)
        {
            throw new DomainException(
                ErrorReason.BatchTooLarge,
                $"{field} takes at most {max} items; it has {count}."
            )
                .With("limit", max.ToString(System.Globalization.CultureInfo.InvariantCulture))
                .WithField(field, $"at most {max} items");
        }
        return count == 0 ? Add(field, "required") : this;
    }

    /// <summary>Refuses the request if anything is wrong with it.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidRequest"/> with every violation.</exception>
    public void ThrowIfInvalid()
    {
        if (IsValid)
        {
            return;
        }
        var refusal = new DomainException(
            ErrorReason.InvalidRequest,
            $"The request is not valid: {_violations[0].Field} {_violations[0].Description}"
                + (_violations.Count > 1 ? $" (and {_violations.Count - 1} more)." : ".")
        );
        foreach (var (field, description) in _violations)
        {
            refusal.WithField(field, description);
        }
        throw refusal;
    }
}
