using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Net.Client;
using Platform.Testing;

namespace Platform.Tests.EndToEnd;

/// <summary>A running platform as callers see it: two addresses and a source of tokens. The scenarios know nothing else of it.</summary>
public sealed class PlatformEndpoint(
    string httpAddress,
    string grpcAddress,
    Func<string, string, string, Task<string>> token
) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(grpcAddress);

    /// <summary>A REST client without a token.</summary>
    public HttpClient Http { get; } = new() { BaseAddress = new Uri(httpAddress) };

    /// <summary>A platform in local mode, which gives tokens to whoever asks.</summary>
    public static PlatformEndpoint OfLocalMode(string httpAddress, string grpcAddress) =>
        new(
            httpAddress,
            grpcAddress,
            async (subject, role, tier) =>
            {
                using var http = new HttpClient { BaseAddress = new Uri(httpAddress) };
                using var answer = await http.PostAsJsonAsync(
                    "/dev/token",
                    new
                    {
                        member_id = subject,
                        role,
                        tier,
                    }
                );
                answer.EnsureSuccessStatusCode();
                using var json = await JsonDocument.ParseAsync(
                    await answer.Content.ReadAsStreamAsync()
                );
                return json.RootElement.GetProperty("token").GetString()!;
            }
        );

    /// <summary>A token of a member, a service or an operator, of a tier of limits.</summary>
    public Task<string> TokenAsync(string subject, string role = "member", string tier = "") =>
        token(subject, role, tier);

    /// <summary>Somebody who calls with a token of their own.</summary>
    public async Task<Actor> ActorAsync(string subject, string role = "member", string tier = "") =>
        As(subject, await TokenAsync(subject, role, tier));

    /// <summary>Somebody who calls with a token they have already.</summary>
    public Actor As(string subject, string token) =>
        new(subject, token, new TokenCallInvoker(_channel.CreateCallInvoker(), token));

    public void Dispose()
    {
        Http.Dispose();
        _channel.Dispose();
    }
}
