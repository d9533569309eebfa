using Platform.Ctl.Cli;
using Spectre.Console;

namespace Platform.Ctl.Import;

/// <summary>A bar, for terminals.</summary>
public sealed class BarProgressView(CliConsole console) : IProgressView
{
    public Task TrackAsync(string phase, int total, Func<Action<int>, Task> work) =>
        console
            .ProgressConsole()
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(phase), maxValue: Math.Max(total, 1));
                await work(done => task.Increment(done));
                task.StopTask();
            });
}
