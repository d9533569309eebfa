using Platform.Ctl.Cli;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Tests.Ctl.UnitTests;

/// <summary>Tokens signed by the program are such as the services believe.</summary>
public sealed class TokenSignerTests : IDisposable
{
    private readonly TestIdentity _identity = new();

    public void Dispose() => _identity.Dispose();

    [Theory]
    [InlineData("member", CallerRole.Member)]
    [InlineData("service", CallerRole.Service)]
    [InlineData("operator", CallerRole.Operator)]
    public async Task Token_SignedWithATrustedKey_IsBelieved(string role, CallerRole expected)
    {
        var run = await TokenAsync("ada", "--role", role, "--issuer", TestIdentity.Issuer);

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        var caller = (await Verifier().VerifyAsync(run.Out.Trim())).Caller;
        Assert.Equal(new Caller(expected, "ada"), caller);
    }

    [Fact]
    public async Task Token_OfATier_CarriesIt()
    {
        var run = await TokenAsync("ada", "--issuer", TestIdentity.Issuer, "--tier", "bulk");

        var caller = (await Verifier().VerifyAsync(run.Out.Trim())).Caller;
        Assert.Equal("bulk", caller.Tier);
    }

    [Fact]
    public async Task Token_OfAnotherIssuer_IsNotBelieved()
    {
        var run = await TokenAsync("ada", "--issuer", "somebody");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
            await Verifier().VerifyAsync(run.Out.Trim())
        );
    }

    [Fact]
    public async Task Token_FileWithoutPrivateKey_SaysSo()
    {
        var run = await CliRun.RunAsync(["token", "ada", "--signing-key", _identity.PublicKeyFile]);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith("error: FILE_UNREADABLE: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Token_NoFile_SaysSo()
    {
        var run = await CliRun.RunAsync(["token", "ada", "--signing-key", "nowhere.pem"]);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.StartsWith("error: FILE_NOT_FOUND: ", run.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> TokenAsync(params string[] args) =>
        CliRun.RunAsync(["token", .. args, "--signing-key", _identity.PrivateKeyFile]);

    private TokenVerifier Verifier() =>
        _identity.Verifier(TimeProvider.System, "member", "service", "operator");
}
