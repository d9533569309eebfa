using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Tokens;

/// <summary>Signs tokens (JWT, ES256) with a private key of a trial installation, in place of the identity system.</summary>
/// <param name="Issuer">Whom the services know the public half of the key by.</param>
/// <param name="Audience">Whom the token is for.</param>
public sealed record TokenSigner(string Issuer, string Audience)
{
    /// <param name="keyFile">A private P-256 key in PEM.</param>
    /// <exception cref="CliException">The file is missing or holds no such key.</exception>
    public string Sign(string keyFile, TokenRequest request, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ReadKey(keyFile);
        var header = Encode(new Dictionary<string, object> { ["alg"] = "ES256", ["typ"] = "JWT" });
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = request.MemberId,
            ["role"] = request.Role,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
        };
        if (request.Tier.Length > 0)
        {
            claims["tier"] = request.Tier;
        }
        var signed = $"{header}.{Encode(claims)}";
        // the two numbers of the signature one after the other, as a JWT wants them
        var signature = key.SignData(
            System.Text.Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(Dictionary<string, object> part) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));

    private static ECDsa ReadKey(string file)
    {
        using var reader = InputFile.Open(file);
        var pem = reader.ReadToEnd();
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            _ = key.ExportParameters(includePrivateParameters: true);
            if (key.KeySize == 256)
            {
                return key;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw NoKey(file, exception);
        }
        key.Dispose();
        throw NoKey(file, null);
    }

    private static CliException NoKey(string file, Exception? inner) =>
        new(
            ExitCode.BadInput,
            LocalReason.FileUnreadable,
            $"{file} holds no private P-256 key in PEM",
            inner: inner
        );
}
