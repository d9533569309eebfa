using System.Buffers;

namespace Platform.ServiceDefaults.Validation;

/// <summary>The pattern of member ids and of the ids of companies, groups and publishers.</summary>
public static class MemberId
{
    /// <summary>The most characters an id has.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    );

    /// <summary>Whether <paramref name="id"/> is 1-64 of <c>A-Z a-z 0-9 _ - .</c></summary>
    public static bool IsValid(string? id) =>
        id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(Allowed);
}
