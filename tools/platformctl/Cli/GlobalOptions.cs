using System.CommandLine;

namespace Platform.Ctl.Cli;

/// <summary>The options that every command takes; an environment variable gives the default of three of them.</summary>
public sealed class GlobalOptions
{
    public const string GrpcVariable = "PLATFORM_GRPC";
    public const string HttpVariable = "PLATFORM_HTTP";
    public const string TokenVariable = "PLATFORM_TOKEN";

    public GlobalOptions(Func<string, string?> environment)
    {
        Grpc = new Option<string>("--grpc")
        {
            Description = $"Address of the gateway for gRPC (environment: {GrpcVariable})",
            HelpName = "URL",
            Recursive = true,
            DefaultValueFactory = _ =>
                Variable(environment, GrpcVariable) ?? "http://127.0.0.1:8081",
        };
        Http = new Option<string>("--http")
        {
            Description =
                $"Address of the gateway for HTTP: tokens and health (environment: {HttpVariable})",
            HelpName = "URL",
            Recursive = true,
            DefaultValueFactory = _ =>
                Variable(environment, HttpVariable) ?? "http://127.0.0.1:8080",
        };
        Token = new Option<string?>("--token")
        {
            Description =
                $"A token to use instead of a development token from the gateway (environment: {TokenVariable})",
            HelpName = "JWT",
            Recursive = true,
        };
        Timeout = new Option<double>("--timeout")
        {
            Description = "How long one call may take, in seconds",
            HelpName = "SECONDS",
            Recursive = true,
            DefaultValueFactory = _ => 10,
        };
        Arguments.WithRange(Timeout, 0.001, 3600, "--timeout takes 0.001 to 3600 seconds.");
        Json = new Option<bool>("--json")
        {
            Description = "Print JSON on stdout: one object, or one a line for lists",
            Recursive = true,
        };
        _environment = environment;
    }

    private readonly Func<string, string?> _environment;

    public Option<string> Grpc { get; }

    public Option<string> Http { get; }

    public Option<string?> Token { get; }

    public Option<double> Timeout { get; }

    public Option<bool> Json { get; }

    public void AddTo(Command root)
    {
        root.Options.Add(Grpc);
        root.Options.Add(Http);
        root.Options.Add(Token);
        root.Options.Add(Timeout);
        root.Options.Add(Json);
    }

    /// <summary>The token given by option or environment. It is never the default of the option: help prints those.</summary>
    public string? GivenToken(ParseResult parse) =>
        parse.GetValue(Token) ?? Variable(_environment, TokenVariable);

    private static string? Variable(Func<string, string?> environment, string name) =>
        environment(name) is { Length: > 0 } value ? value : null;
}
