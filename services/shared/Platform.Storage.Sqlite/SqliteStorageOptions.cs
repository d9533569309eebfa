using Platform.ServiceDefaults.Hosting;

namespace Platform.Storage.Sqlite;

/// <summary>Section <c>Storage</c>: where a service keeps its documents.</summary>
public sealed class SqliteStorageOptions : IValidatedOptions
{
    /// <summary>Which engine; this build knows <c>Sqlite</c>.</summary>
    public string Engine { get; set; } = "Sqlite";

    /// <summary>The file of the SQLite database.</summary>
    public string Path { get; set; } = "";

    public IEnumerable<string> Validate()
    {
        if (!string.Equals(Engine, "Sqlite", StringComparison.Ordinal))
        {
            yield return $"Storage:Engine must be Sqlite; it is '{Engine}'.";
        }
        if (string.IsNullOrWhiteSpace(Path))
        {
            yield return "Storage:Path must name the file of the SQLite database.";
        }
    }
}
