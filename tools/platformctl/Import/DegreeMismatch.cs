namespace Platform.Ctl.Import;

/// <summary>A member whose degree on the platform is not its distance in a file.</summary>
/// <param name="MemberId">Who.</param>
/// <param name="InFile">Its distance in the file, 0 to 3; null for further away.</param>
/// <param name="OnPlatform">Its degree; null for out of network.</param>
public sealed record DegreeMismatch(string MemberId, int? InFile, int? OnPlatform);
