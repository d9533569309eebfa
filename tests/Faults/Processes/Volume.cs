using System.Globalization;

namespace Platform.Tests.Faults.Processes;

/// <summary>A folder in which a store keeps its files; on a file system of its own that can be filled, where one can be had.</summary>
internal sealed class Volume : IDisposable
{
    private const int MegaBytes = 512;

    private readonly string _filler;

    private Volume(string folder, string? problem)
    {
        Folder = folder;
        Problem = problem;
        _filler = Path.Combine(folder, "filler");
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Why it cannot be filled; null if it can.</summary>
    public string? Problem { get; }

    /// <summary>Makes the folder, and a file system in memory within it if this user may.</summary>
    public static Volume Create(string folder)
    {
        Directory.CreateDirectory(folder);
        var size = string.Create(CultureInfo.InvariantCulture, $"size={MegaBytes}m,mode=0777");
        return
            OperatingSystem.IsLinux()
            && Command.Run("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder)
            ? new Volume(folder, null)
            : new Volume(folder, "a file system of its own needs Linux, and the right to mount it");
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        var block = new byte[1024 * 1024];
        using var file = new FileStream(
            _filler,
            FileMode.Create,
            FileAccess.Write,
            FileShare.None,
            1
        );
        // ever smaller pieces, until not even a small one fits
        for (var size = block.Length; size >= 512; size /= 2)
        {
            try
            {
                while (true)
                {
                    file.Write(block, 0, size);
                }
            }
            catch (IOException)
            {
                // it is full for a piece of this size
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(_filler);

    public void Dispose()
    {
        if (Problem is null)
        {
            // later, when whoever still holds a file of it has ended
            Command.Run("umount", "-l", Folder);
        }
    }
}
