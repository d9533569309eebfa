namespace Platform.Ctl.Cli;

/// <summary>What the process answers to its caller; documented in docs/platformctl.md, so the numbers stay.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The service refused, and said why.</summary>
    public const int Refused = 1;

    /// <summary>The command line, or a file it names, is wrong; nothing was sent.</summary>
    public const int BadInput = 2;

    /// <summary>The gateway, or a service behind it, did not answer.</summary>
    public const int Unreachable = 3;

    /// <summary>Some of many items failed, or differ from what was expected.</summary>
    public const int Partial = 4;

    /// <summary>Stopped by Ctrl-C or SIGTERM; 128 + SIGINT, as shells expect.</summary>
    public const int Interrupted = 130;
}
