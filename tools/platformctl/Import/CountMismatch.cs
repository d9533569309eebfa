namespace Platform.Ctl.Import;

/// <summary>A member whose number of connections is not what the file says.</summary>
/// <param name="MemberId">Who.</param>
/// <param name="InFile">Edges of the member in the file.</param>
/// <param name="Connections">Connections of the member on the platform.</param>
public sealed record CountMismatch(string MemberId, long InFile, long Connections);
