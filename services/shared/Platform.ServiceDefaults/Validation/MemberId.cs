namespace Platform.ServiceDefaults.Validation;

/// <summary>The pattern of member ids and of the ids of companies, groups and publishers.</summary>
public static class MemberId
{
    /// <summary>The most characters an id has.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether <paramref name="id"/> is 1-64 of <c>A-Z a-z 0-9 _ - .</c></summary>
    public static bool IsValid(string? id)
    {
        if (id is null || id.Length is 0 or > MaxLength)
        {
            return false;
        }
        foreach (var character in id)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-' or '.'))
            {
                return false;
            }
        }
        return true;
    }
}
