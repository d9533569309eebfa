using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>Settings of the library itself, which count for the whole process.</summary>
internal static class SqliteLibrary
{
    // https://sqlite.org/c3ref/c_config_covering_index_scan.html
    private const int MultiThread = 2;
    private const int MemoryStatistics = 9;

    /// <summary>
    /// Does without the locks that this product does not need: a session is used by one caller at a time, so connections need none
    /// of their own, and statistics of memory take a lock that all connections share for every allocation.
    /// </summary>
    /// <remarks>Refused, and not needed, when something else in the process has used SQLite before.</remarks>
    public static void Configure()
    {
        Batteries_V2.Init();
        _ = raw.sqlite3_config(MultiThread);
        _ = raw.sqlite3_config(MemoryStatistics, 0);
    }
}
