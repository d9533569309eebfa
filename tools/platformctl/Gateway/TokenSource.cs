using System.Buffers.Text;
using System.Text.Json;

namespace Platform.Ctl.Gateway;

/// <summary>
/// The token of one session, kept in memory only and renewed shortly before it expires: an import may outlive it.
/// </summary>
public sealed class TokenSource(
    DevelopmentTokens tokens,
    TokenRequest request,
    string? given,
    TimeProvider time
) : IDisposable
{
    // Above the clock skew between two machines, below the life of any sensible token.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _renewing = new(1, 1);
    private volatile Held? _held = given is null ? null : new Held(given, DateTimeOffset.MaxValue);

    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        if (_held is { } current && time.GetUtcNow() < current.RenewAt)
        {
            return current.Token;
        }

        await _renewing.WaitAsync(cancellationToken);
        try
        {
            if (_held is { } renewed && time.GetUtcNow() < renewed.RenewAt)
            {
                return renewed.Token;
            }

            var token = await tokens.MintAsync(request, cancellationToken);
            _held = new Held(token, RenewAt(token));
            return token;
        }
        finally
        {
            _renewing.Release();
        }
    }

    public void Dispose() => _renewing.Dispose();

    /// <summary>Reads `exp` without verifying anything: the services verify, this only plans.</summary>
    private static DateTimeOffset RenewAt(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return DateTimeOffset.MaxValue;
        }

        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return
                payload.RootElement.ValueKind == JsonValueKind.Object
                && payload.RootElement.TryGetProperty("exp", out var exp)
                && exp.TryGetInt64(out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(seconds) - Margin
                : DateTimeOffset.MaxValue;
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or FormatException
                        or ArgumentOutOfRangeException
                        or InvalidOperationException
            )
        {
            // Not a JWT that this program can read; the services decide whether it is one.
            return DateTimeOffset.MaxValue;
        }
    }

    private sealed record Held(string Token, DateTimeOffset RenewAt);
}
