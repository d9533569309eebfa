namespace Platform.Ctl.Gateway;

/// <summary>Who a token should stand for.</summary>
/// <param name="MemberId">Its subject.</param>
/// <param name="Role">member, service or operator.</param>
public sealed record TokenRequest(string MemberId, string Role);
