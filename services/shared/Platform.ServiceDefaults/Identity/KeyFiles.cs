using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Platform.ServiceDefaults.Identity;

/// <summary>Reads and writes the key files of <see cref="AuthOptions"/> and <see cref="ServiceIdentityOptions"/>.</summary>
public static class KeyFiles
{
    /// <summary>The public keys of a PEM file or JSON Web Key Set; each with its RFC 7638 thumbprint or own <c>kid</c>.</summary>
    public static IReadOnlyList<SecurityKey> ReadPublicKeys(string file)
    {
        var text = File.ReadAllText(file);
        if (text.TrimStart().StartsWith('{'))
        {
            return [.. JsonWebKeySet.Create(text).GetSigningKeys()];
        }
        var keys = new List<SecurityKey>();
        for (
            var rest = text.AsSpan();
            PemEncoding.TryFind(rest, out var fields);
            rest = rest[fields.Location.End..]
        )
        {
            var pem = rest[fields.Location];
            if (rest[fields.Label] is not "PUBLIC KEY")
            {
                continue;
            }
            keys.Add(ReadPublicKey(pem));
        }
        return keys;
    }

    /// <summary>A private P-256 key in PEM, for signing with ES256.</summary>
    public static ECDsaSecurityKey ReadSigningKey(string file)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(file));
        return WithThumbprint(new ECDsaSecurityKey(key));
    }

    /// <summary>Makes a P-256 key pair: the private key readable by its owner only, the public key beside it.</summary>
    public static void Generate(string privateFile, string publicFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var writer = new StreamWriter(privateFile, options))
        {
            writer.Write(key.ExportPkcs8PrivateKeyPem());
        }
        File.WriteAllText(publicFile, key.ExportSubjectPublicKeyInfoPem());
    }

    private static AsymmetricSecurityKey ReadPublicKey(ReadOnlySpan<char> pem)
    {
        try
        {
            var key = ECDsa.Create();
            key.ImportFromPem(pem);
            return WithThumbprint(new ECDsaSecurityKey(key));
        }
        catch (CryptographicException)
        {
            var key = RSA.Create();
            key.ImportFromPem(pem);
            return WithThumbprint(new RsaSecurityKey(key));
        }
    }

    private static T WithThumbprint<T>(T key)
        where T : AsymmetricSecurityKey
    {
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }
}
