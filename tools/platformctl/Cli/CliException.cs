namespace Platform.Ctl.Cli;

/// <summary>Ends a command with an exit code and one line on stderr.</summary>
public sealed class CliException : Exception
{
    public CliException(
        int exitCode,
        string reason,
        string message,
        string? field = null,
        Exception? inner = null
    )
        : base(message, inner)
    {
        ExitCode = exitCode;
        Reason = reason;
        Field = field;
    }

    /// <summary>One of <see cref="Cli.ExitCode"/>.</summary>
    public int ExitCode { get; }

    /// <summary>A reason of platform.common.v1.ErrorReason, or one of <see cref="LocalReason"/>.</summary>
    public string Reason { get; }

    /// <summary>The field that is wrong, when one is.</summary>
    public string? Field { get; }

    public static CliException BadInput(string message, string? field = null) =>
        new(Cli.ExitCode.BadInput, LocalReason.InvalidUsage, message, field);
}
