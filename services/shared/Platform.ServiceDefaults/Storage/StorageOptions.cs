using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Storage;

/// <summary>Section <c>Storage</c>: which engine keeps a service's documents, and where.</summary>
public sealed class StorageOptions : IValidatedOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Storage";

    /// <summary><c>Sqlite</c> (one process, one file) or <c>MongoDb</c>.</summary>
    public string Engine { get; set; } = nameof(StorageEngine.Sqlite);

    /// <summary>SQLite: the file of the database.</summary>
    public string Path { get; set; } = "";

    /// <summary>MongoDB: <c>mongodb://</c> or <c>mongodb+srv://</c>, as its drivers read it.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>MongoDB: the name of the database. Services do not share one.</summary>
    public string Database { get; set; } = "";

    /// <summary>
    /// MongoDB: how long an operation may take, with everything it waits for, before it counts as STORE_UNAVAILABLE. Below the
    /// usual deadline of a caller (a few seconds), so that the caller learns the reason and not only that its own deadline passed.
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The engine; null if <see cref="Engine"/> names none.</summary>
    public StorageEngine? Kind =>
        Enum.GetValues<StorageEngine>()
            .Cast<StorageEngine?>()
            .FirstOrDefault(engine =>
                string.Equals(engine.ToString(), Engine, StringComparison.OrdinalIgnoreCase)
            );

    public IEnumerable<string> Validate() =>
        Kind switch
        {
            StorageEngine.Sqlite => ValidateSqlite(),
            StorageEngine.MongoDb => ValidateMongoDb(),
            _ => [$"{Section}:{nameof(Engine)} must be Sqlite or MongoDb; it is '{Engine}'."],
        };

    private IEnumerable<string> ValidateSqlite()
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            yield return $"{Section}:{nameof(Path)} must name the file of the SQLite database.";
        }
    }

    private IEnumerable<string> ValidateMongoDb()
    {
        // the text may hold a password: it is never repeated
        if (
            !ConnectionString.StartsWith("mongodb://", StringComparison.Ordinal)
            && !ConnectionString.StartsWith("mongodb+srv://", StringComparison.Ordinal)
        )
        {
            yield return $"{Section}:{nameof(ConnectionString)} must begin with mongodb:// or mongodb+srv://.";
        }
        if (
            Database.Length is 0 or > 63
            || Database.Any(letter =>
                !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-')
            )
        )
        {
            yield return $"{Section}:{nameof(Database)} must name the MongoDB database: 1-63 letters, digits, '_' or '-'.";
        }
        if (
            CommandTimeout < TimeSpan.FromMilliseconds(50)
            || CommandTimeout > TimeSpan.FromMinutes(1)
        )
        {
            yield return $"{Section}:{nameof(CommandTimeout)} must lie between 00:00:00.050 and 00:01:00.";
        }
    }
}
