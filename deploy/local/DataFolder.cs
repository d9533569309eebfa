namespace Platform.Local;

/// <summary>The folder of all data, held by one process at a time; the system lets go of the lock however the process ends.</summary>
internal sealed class DataFolder : IDisposable
{
    // EWOULDBLOCK of flock(2), as .NET hands it on: 11 on Linux, 35 on macOS; a sharing violation on Windows.
    private static readonly int[] LockedErrors = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <exception cref="LocalStartException">It cannot be made or written, or another process uses it.</exception>
    public static DataFolder Open(string folder)
    {
        var path = folder;
        try
        {
            path = System.IO.Path.GetFullPath(folder);
            Directory.CreateDirectory(path);
            var held = new FileStream(
                System.IO.Path.Combine(path, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
            return new DataFolder(path, held);
        }
        catch (IOException exception) when (LockedErrors.Contains(exception.HResult))
        {
            throw new LocalStartException(
                $"the data folder {path} is in use by another process. Stop that one, or choose another folder with --data.",
                exception
            );
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LocalStartException(
                $"the data folder {path} cannot be used: {exception.Message} Choose another with --data.",
                exception
            );
        }
    }

    /// <summary>A path within the folder.</summary>
    public string File(params ReadOnlySpan<string> names) =>
        System.IO.Path.Combine([Path, .. names]);

    public void Dispose() => _lock.Dispose();
}
