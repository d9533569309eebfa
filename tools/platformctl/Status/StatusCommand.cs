using System.CommandLine;
using System.Net;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Status;

/// <summary>Asks the gateway whether everything serves.</summary>
public static class StatusCommand
{
    public static Command Create(CommandFactory factory) =>
        factory.Create("status", "Say whether the gateway and all services serve", [], RunAsync);

    private static async Task<int> RunAsync(
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        using var http = new HttpClient { Timeout = context.Gateway.Timeout };
        var address = new Uri(context.Gateway.Http, "health");
        var started = context.Time.GetTimestamp();
        try
        {
            using var response = await http.GetAsync(address, cancellationToken);
            var detail = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
            var elapsed = context.Time.GetElapsedTime(started).TotalMilliseconds;
            var serving = response.StatusCode == HttpStatusCode.OK;
            context.Write(
                new StatusResult(
                    serving,
                    context.Gateway.Http.ToString(),
                    (int)response.StatusCode,
                    elapsed,
                    detail
                ),
                $"{(serving ? "serving" : "not serving")}: {address} answered {(int)response.StatusCode} in {elapsed:F0} ms"
                    + (serving || detail.Length == 0 ? "" : $"\n{detail}")
            );
            return serving ? ExitCode.Ok : ExitCode.Unreachable;
        }
        catch (HttpRequestException exception)
        {
            throw HttpFailure.Unreachable(context.Gateway.Http, exception);
        }
        catch (OperationCanceledException exception)
            when (!cancellationToken.IsCancellationRequested)
        {
            throw HttpFailure.Unreachable(context.Gateway.Http, exception);
        }
    }

    private sealed record StatusResult(
        bool Serving,
        string Gateway,
        int HttpStatus,
        double Milliseconds,
        string Detail
    );
}
