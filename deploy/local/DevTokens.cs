using System.Net;
using System.Text.Json;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Local;

/// <summary>
/// <c>POST /dev/token</c>: a token for whoever asks. It lives here, not in the gateway, so that no other deployment has it.
/// </summary>
internal sealed class DevTokens(TokenMinter minter)
{
    private const string Domain = "platform.local";
    private const int MaxBodyBytes = 16 * 1024;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public void Map(WebApplication gateway) =>
        gateway.MapPost("/dev/token", (RequestDelegate)AnswerAsync).AllowAnonymous();

    /// <summary>A development token.</summary>
    public string Mint(string subject, CallerRole role, string tier = "") =>
        minter.Mint(subject, role, Lifetime, tier);

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            RequireLoopbackHost(context.Request.Host.Host);
            var (subject, role, tier) = await ReadAsync(context);
            context.Response.ContentType = "application/json";
            context.Response.Headers.CacheControl = "no-store";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
            json.WriteStartObject();
            json.WriteString("token", Mint(subject, role, tier));
            json.WriteEndObject();
        }
        catch (DomainException refusal)
        {
            await ErrorResponse.WriteAsync(context, refusal, Domain);
        }
    }

    /// <summary>A page on the web could point a name of its own at this machine, and read the answer.</summary>
    private static void RequireLoopbackHost(string host)
    {
        var isLoopback =
            host == "localhost"
            || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
        if (!isLoopback)
        {
            throw new DomainException(
                ErrorReason.RoleRequired,
                "Development tokens are given only to those who call by localhost or a loopback address."
            );
        }
    }

    private static async Task<(string Subject, CallerRole Role, string Tier)> ReadAsync(
        HttpContext context
    )
    {
        if (context.Request.ContentLength > MaxBodyBytes)
        {
            throw Invalid("", "The body is too long for a request of a token.");
        }
        using var json = await ParseAsync(context);
        var subject = Text(json.RootElement, "member_id") ?? "";
        var roleName = Text(json.RootElement, "role");
        if (!MemberId.IsValid(subject))
        {
            throw Invalid("member_id", "must be 1 to 64 of A-Z a-z 0-9 _ - .");
        }
        var tier = Text(json.RootElement, "tier") ?? "";
        // names of tiers are as long as ids, and of the same letters
        if (tier.Length > 0 && !MemberId.IsValid(tier))
        {
            throw Invalid("tier", "must be 1 to 64 of A-Z a-z 0-9 _ - .");
        }
        var role = CallerRole.Member;
        return roleName is null || RoleNames.TryParse(roleName, out role)
            ? (subject, role, tier)
            : throw Invalid("role", "must be member, service or operator");
    }

    private static async Task<JsonDocument> ParseAsync(HttpContext context)
    {
        try
        {
            var json = await JsonDocument.ParseAsync(
                context.Request.Body,
                default,
                context.RequestAborted
            );
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return json;
            }
            json.Dispose();
        }
        catch (JsonException)
        {
            // Said below, as for JSON of another shape.
        }
        throw Invalid(
            "",
            """the body must be a JSON object: {"member_id": "...", "role": "member|service|operator", "tier": "..."}"""
        );
    }

    private static string? Text(JsonElement json, string field) =>
        !json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Invalid(field, "must be a string");

    private static DomainException Invalid(string field, string description)
    {
        var refusal = new DomainException(
            ErrorReason.InvalidRequest,
            field.Length == 0 ? description : $"{field} {description}"
        );
        return field.Length == 0 ? refusal : refusal.WithField(field, description);
    }
}
