using System.Globalization;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Paging;

namespace Platform.Follows.Operations;

/// <summary>How far a verification is: buckets that are done, and what was found in them.</summary>
public readonly record struct VerifyPosition(int Buckets, long Edges, long Findings, long Repaired)
{
    /// <summary>Reads what <see cref="ToString"/> wrote; the beginning for null.</summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException">INVALID_PAGE_TOKEN.</exception>
    public static VerifyPosition Read(string? text)
    {
        if (text is null)
        {
            return default;
        }
        var numbers = new List<long>();
        foreach (var part in text.Split('|'))
        {
            if (
                !long.TryParse(
                    part,
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                throw PageToken.Foreign();
            }
            numbers.Add(number);
        }
        return numbers is [<= FollowKeys.Buckets and var buckets, var edges, var found, var mended]
            ? new VerifyPosition((int)buckets, edges, found, mended)
            : throw PageToken.Foreign();
    }

    /// <summary>The form inside a cursor.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Buckets}|{Edges}|{Findings}|{Repaired}");
}
