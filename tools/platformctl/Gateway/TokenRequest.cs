namespace Platform.Ctl.Gateway;

/// <summary>Who a token should stand for.</summary>
/// <param name="MemberId">Its subject.</param>
/// <param name="Role">member, service or operator.</param>
/// <param name="Tier">The tier of limits that counts; empty for the default one.</param>
public sealed record TokenRequest(string MemberId, string Role, string Tier = "")
{
    /// <summary>The tier of whoever loads much at once: it has no limit on invitations.</summary>
    public const string BulkTier = "bulk";
}
