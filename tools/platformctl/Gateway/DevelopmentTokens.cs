using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Gateway;

/// <summary>Asks a gateway in local mode for development tokens.</summary>
public sealed class DevelopmentTokens(HttpClient http, Uri address)
{
    /// <exception cref="CliException">The gateway is not there, mints no tokens, or refused.</exception>
    public async Task<string> MintAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        var body = new Dictionary<string, string>
        {
            ["member_id"] = request.MemberId,
            ["role"] = request.Role,
        };
        if (request.Tier.Length > 0)
        {
            body["tier"] = request.Tier;
        }
        try
        {
            using var response = await http.PostAsJsonAsync(
                new Uri(address, "dev/token"),
                body,
                cancellationToken
            );
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => Field(answer, "token")
                    ?? throw new CliException(
                        ExitCode.Unreachable,
                        LocalReason.UnexpectedAnswer,
                        $"{address} answered something else than a token; is it the gateway?"
                    ),
                HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed =>
                    throw new CliException(
                        ExitCode.Refused,
                        LocalReason.NoDevelopmentTokens,
                        $"the gateway at {address} mints no development tokens (only local mode does); "
                            + $"pass --token or set {GlobalOptions.TokenVariable}"
                    ),
                _ => throw HttpFailure.From(address, response.StatusCode, answer),
            };
        }
        catch (HttpRequestException exception)
        {
            throw HttpFailure.Unreachable(address, exception);
        }
        catch (OperationCanceledException exception)
            when (!cancellationToken.IsCancellationRequested)
        {
            throw HttpFailure.Unreachable(address, exception);
        }
    }

    private static string? Field(string body, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
