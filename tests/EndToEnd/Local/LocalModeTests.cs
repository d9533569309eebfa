using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>How deploy/local behaves to the person who starts it.</summary>
public sealed class LocalModeTests(LocalFixture local, ITestOutputHelper output)
{
    [Fact]
    public async Task Start_OnABuiltTree_IsReadyAndSaysWhatToDo()
    {
        output.WriteLine($"ready after {local.Ready.TotalSeconds:0.00} s");

        await Eventually.HoldsAsync(
            "the banner is written",
            () => Task.FromResult(local.Process.Output.Contains("Ctrl-C"))
        );

        Assert.Contains(local.HttpAddress, local.Process.Output, StringComparison.Ordinal);
        Assert.Contains(local.GrpcAddress, local.Process.Output, StringComparison.Ordinal);
        Assert.Contains(local.DataFolder, local.Process.Output, StringComparison.Ordinal);
        Assert.Contains("/dev/token", local.Process.Output, StringComparison.Ordinal);
        Assert.Equal("", local.StartErrors);
    }

    [Fact]
    public void Start_MakesKeysForTheOwnerOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        foreach (var key in new[] { "tokens.pem", "services.pem" })
        {
            var file = Path.Combine(local.DataFolder, "keys", key);
            if (!OperatingSystem.IsWindows()) // for the analyzer
            {
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    File.GetUnixFileMode(file)
                );
            }
        }
    }

    [Theory]
    [InlineData("--http-port")]
    [InlineData("--grpc-port")]
    public async Task Start_PortTaken_SaysSoAndEndsWith1(string option)
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(
            CultureInfo.InvariantCulture
        );
        var other = option == "--http-port" ? "--grpc-port" : "--http-port";

        await using var process = LocalProcess.Start(
            $"--data \"{folder.Path}\" {option} {taken} {other} 0"
        );

        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains($"port {taken} ", process.Errors, StringComparison.Ordinal);
        Assert.Contains(option, process.Errors, StringComparison.Ordinal);
        Assert.Single(process.Errors.Trim().Split('\n'));
        Assert.Equal("", process.Output.Trim());
    }

    [Fact]
    public async Task Start_FolderInUse_SaysSoAndEndsWith1()
    {
        await using var process = LocalProcess.Start(
            $"--data \"{local.DataFolder}\" --http-port 0 --grpc-port 0"
        );

        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains(
            $"{local.DataFolder} is in use by another process",
            process.Errors,
            StringComparison.Ordinal
        );
        Assert.Single(process.Errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task Start_FolderThatCannotBe_SaysSoAndEndsWith1()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("a-file");
        await File.WriteAllTextAsync(file, "");

        await using var process = LocalProcess.Start(
            $"--data \"{file}\" --http-port 0 --grpc-port 0"
        );

        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains($"{file} cannot be used", process.Errors, StringComparison.Ordinal);
        Assert.Single(process.Errors.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("--http-port 70000")]
    [InlineData("--http-port abc")]
    [InlineData("--http-port 9000 --grpc-port 9000")]
    [InlineData("--nothing")]
    public async Task Start_WrongOption_EndsWith1(string arguments)
    {
        await using var process = LocalProcess.Start(arguments);

        Assert.Equal(1, await process.ExitAsync());
        Assert.NotEqual("", process.Errors.Trim());
    }

    [Fact]
    public async Task Help_NamesEveryOption()
    {
        await using var process = LocalProcess.Start("--help");

        Assert.Equal(0, await process.ExitAsync());
        foreach (var option in new[] { "--data", "--http-port", "--grpc-port", "--verbose" })
        {
            Assert.Contains(option, process.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"member_id":"ada"}""", "member")]
    [InlineData("""{"member_id":"ada","role":"member"}""", "member")]
    [InlineData("""{"member_id":"profile","role":"service"}""", "service")]
    [InlineData("""{"member_id":"olga","role":"operator"}""", "operator")]
    public async Task DevToken_GoodRequest_AnswersAToken(string body, string role)
    {
        var (status, json) = await PostAsync("/dev/token", body);

        Assert.Equal(HttpStatusCode.OK, status);
        var claims = json.GetProperty("token").GetString()!.Split('.')[1];
        claims = Encoding.UTF8.GetString(
            Microsoft.IdentityModel.Tokens.Base64UrlEncoder.DecodeBytes(claims)
        );
        Assert.Contains($"\"role\":\"{role}\"", claims, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"member_id":""}""")]
    [InlineData("""{"member_id":"ada lovelace"}""")]
    [InlineData(
        """{"member_id":"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg"}"""
    )]
    [InlineData("""{"member_id":7}""")]
    [InlineData("""{"member_id":"ada","role":"admin"}""")]
    [InlineData("""{"member_id":"ada","role":""}""")]
    [InlineData("""["ada"]""")]
    [InlineData("""not json""")]
    [InlineData("")]
    public async Task DevToken_BadRequest_Is400WithReason(string body)
    {
        var (status, json) = await PostAsync("/dev/token", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            "INVALID_REQUEST",
            json.GetProperty("details")[0].GetProperty("reason").GetString()
        );
    }

    [Fact]
    public async Task DevToken_ByAForeignName_IsRefused()
    {
        using var content = new StringContent(
            """{"member_id":"ada"}""",
            Encoding.UTF8,
            "application/json"
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dev/token")
        {
            Content = content,
        };
        request.Headers.Host = "attacker.example";
        using var answer = await local.Platform.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        string path,
        string body
    )
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await local.Platform.Http.PostAsync(
            new Uri(path, UriKind.Relative),
            content
        );
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        return (answer.StatusCode, json.RootElement.Clone());
    }
}
