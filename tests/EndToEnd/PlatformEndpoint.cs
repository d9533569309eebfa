using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Net.Client;
using Platform.Testing;

namespace Platform.Tests.EndToEnd;

/// <summary>A running platform as callers see it: two addresses and a source of tokens. The scenarios know nothing else of it.</summary>
public sealed class PlatformEndpoint(
    string httpAddress,
    string grpcAddress,
    Func<string, string, Task<string>> token
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
            async (subject, role) =>
            {
                using var http = new HttpClient { BaseAddress = new Uri(httpAddress) };
                using var answer = await http.PostAsJsonAsync(
                    "/dev/token",
                    new { member_id = subject, role }
                );
                answer.EnsureSuccessStatusCode();
                using var json = await JsonDocument.ParseAsync(
                    await answer.Content.ReadAsStreamAsync()
                );
                return json.RootElement.GetProperty("token").GetString()!;
            }
        );

    /// <summary>A token of a member, a service or an operator.</summary>
    public Task<string> TokenAsync(string subject, string role = "member") => token(subject, role);

    /// <summary>Somebody who calls with a token of their own.</summary>
    public async Task<Actor> ActorAsync(string subject, string role = "member") =>
        As(subject, await TokenAsync(subject, role));

    /// <summary>Somebody who calls with a token they have already.</summary>
    public Actor As(string subject, string token) =>
        new(subject, token, new TokenCallInvoker(_channel.CreateCallInvoker(), token));

    public void Dispose()
    {
        Http.Dispose();
        _channel.Dispose();
    }
}
