namespace Platform.Ctl.Cli;

/// <summary>The files that people name.</summary>
public static class InputFile
{
    /// <summary>Opens a text file, UTF-8.</summary>
    /// <param name="path">As it was typed.</param>
    /// <param name="option">The option that named it; null for an argument.</param>
    /// <exception cref="CliException">It is missing or cannot be read.</exception>
    public static StreamReader Open(string path, string? option = null)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception exception)
            when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(
                ExitCode.BadInput,
                LocalReason.FileNotFound,
                $"there is no file {path}",
                option,
                exception
            );
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(
                ExitCode.BadInput,
                LocalReason.FileUnreadable,
                $"cannot read {path}: {exception.Message}",
                option,
                exception
            );
        }
    }
}
