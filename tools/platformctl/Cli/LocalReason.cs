namespace Platform.Ctl.Cli;

/// <summary>Reasons that this program finds by itself; all others come from the services.</summary>
public static class LocalReason
{
    public const string InvalidUsage = "INVALID_USAGE";
    public const string FileNotFound = "FILE_NOT_FOUND";
    public const string FileUnreadable = "FILE_UNREADABLE";
    public const string FileUnwritable = "FILE_UNWRITABLE";
    public const string FileTruncated = "FILE_TRUNCATED";
    public const string FileDamaged = "FILE_DAMAGED";
    public const string NotAnExport = "NOT_AN_EXPORT";
    public const string UnsupportedVersion = "UNSUPPORTED_VERSION";
    public const string NoEdges = "NO_EDGES";
    public const string NotInFile = "NOT_IN_FILE";
    public const string GatewayUnreachable = "GATEWAY_UNREACHABLE";
    public const string NoDevelopmentTokens = "NO_DEVELOPMENT_TOKENS";
    public const string NotReady = "NOT_READY";
    public const string Interrupted = "INTERRUPTED";
    public const string UnexpectedAnswer = "UNEXPECTED_ANSWER";
}
