using Platform.ServiceDefaults.Identity;

namespace Platform.Local;

/// <summary>
/// The keys of local mode, made at the first start and kept with the data, so that tokens outlive a restart: one signs
/// development tokens, another one signs what the services show each other.
/// </summary>
internal sealed class LocalKeys
{
    /// <summary>The issuer of development tokens; nothing outside of local mode believes it.</summary>
    public const string TokenIssuer = "platform-local";

    public const string ServiceIssuer = "platform-services";
    public const string Audience = "platform";

    private const string Folder = "keys";

    private readonly string _folder;

    private LocalKeys(string folder) => _folder = folder;

    private string TokenKey => Path.Combine(_folder, "tokens.pem");
    private string TokenPublicKey => Path.Combine(_folder, "tokens.pub.pem");
    private string ServiceKey => Path.Combine(_folder, "services.pem");
    private string ServicePublicKey => Path.Combine(_folder, "services.pub.pem");

    /// <summary>What makes a service believe development tokens and the tokens of services, and sign its own.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Auth:Audience", Audience),
            new("Auth:Issuers:0:Issuer", TokenIssuer),
            new("Auth:Issuers:0:KeyFile", TokenPublicKey),
            new("Auth:Issuers:0:Roles:0", "member"),
            new("Auth:Issuers:0:Roles:1", "service"),
            new("Auth:Issuers:0:Roles:2", "operator"),
            new("Auth:Issuers:1:Issuer", ServiceIssuer),
            new("Auth:Issuers:1:KeyFile", ServicePublicKey),
            new("Auth:Issuers:1:Roles:0", "service"),
            new("ServiceIdentity:Issuer", ServiceIssuer),
            new("ServiceIdentity:KeyFile", ServiceKey),
        ];

    /// <exception cref="LocalStartException">The folder of keys is there, and a key is not.</exception>
    public static LocalKeys Ensure(DataFolder data)
    {
        var keys = new LocalKeys(data.File(Folder));
        if (!Directory.Exists(keys._folder))
        {
            // Made aside and moved: a start that is killed half-way leaves no half set of keys.
            var making = new LocalKeys(data.File($"{Folder}.new"));
            if (Directory.Exists(making._folder))
            {
                Directory.Delete(making._folder, recursive: true);
            }
            Directory.CreateDirectory(making._folder);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(
                    making._folder,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
            }
            KeyFiles.Generate(making.TokenKey, making.TokenPublicKey);
            KeyFiles.Generate(making.ServiceKey, making.ServicePublicKey);
            Directory.Move(making._folder, keys._folder);
        }
        string[] files =
        [
            keys.TokenKey,
            keys.TokenPublicKey,
            keys.ServiceKey,
            keys.ServicePublicKey,
        ];
        return files.FirstOrDefault(file => !File.Exists(file)) is { } missing
            ? throw new LocalStartException(
                $"the key {missing} is missing. Bring it back, or delete the folder {keys._folder} to make new keys (old tokens end)."
            )
            : keys;
    }

    /// <summary>Signs development tokens.</summary>
    public TokenMinter Minter(TimeProvider time) =>
        new(KeyFiles.ReadSigningKey(TokenKey), TokenIssuer, Audience, time);
}
