using System.Threading.Channels;
using Platform.Ctl.Cli;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>Two terminals, with the program that people use.</summary>
public sealed class ChatTests(LocalFixture local)
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Chat_OfTwoTerminals_IsLive()
    {
        var (ada, grace) = (
            await local.Platform.ActorAsync($"ada-{_run}"),
            await local.Platform.ActorAsync($"grace-{_run}")
        );
        await ada.ConnectAsync(grace);
        await ada.SendAsync(await ada.StartConversationAsync(grace), "from before");
        await using var left = new Terminal(local, ada.Id, grace.Id);
        await using var right = new Terminal(local, grace.Id, ada.Id);
        await left.ShowsAsync($"   1  {ada.Id}: from before");
        await right.ShowsAsync($"   1  {ada.Id}: from before");

        left.Type("Hello");
        await right.ShowsAsync($"   2  {ada.Id}: Hello");
        right.Type("//not a command");
        await left.ShowsAsync($"   3  {grace.Id}: /not a command");
        left.Type("/edit 2 Hello, Grace");
        await right.ShowsAsync($"   2  {ada.Id}: Hello, Grace (edited)");
        left.Type("/delete 2");
        await right.ShowsAsync($"   2  {ada.Id}: (deleted)");
        left.Type("/nonsense");
        await left.ShowsAsync("note: commands are /edit NUMBER TEXT, /delete NUMBER, /quit");
        right.Type("/edit 2 mine now");
        await right.ShowsAsync("error: NOT_THE_SENDER: Only its sender changes a message.");
        await left.ShowsAsync($"      {grace.Id} has read up to 2");
        left.Type("/quit");
        right.End();

        Assert.Equal(0, await left.ExitAsync());
        Assert.Equal(0, await right.ExitAsync());
    }

    [Fact]
    public async Task Chat_WithAStranger_IsRefused()
    {
        await using var terminal = new Terminal(local, $"ada-{_run}", $"eve-{_run}");

        Assert.Equal(1, await terminal.ExitAsync());
        await terminal.ShowsAsync("error: NOT_FIRST_DEGREE");
    }

    /// <summary>One run of platformctl chat, with what is typed into it.</summary>
    private sealed class Terminal : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TypedText _input = new();
        private readonly StringWriter _output = new() { NewLine = "\n" };
        private readonly TextWriter _writer;
        private readonly Task<int> _running;

        public Terminal(LocalFixture local, string member, string other)
        {
            _writer = TextWriter.Synchronized(_output);
            var cli = new PlatformCli(
                new CliConsole(_writer, _writer, false, false, _input),
                _ => null,
                TimeProvider.System
            );
            _running = cli.RunAsync(
                ["chat", member, other, "--grpc", local.GrpcAddress, "--http", local.HttpAddress],
                _stop.Token
            );
        }

        public void Type(string line) => _input.Lines.Writer.TryWrite(line);

        public void End() => _input.Lines.Writer.Complete();

        public Task<int> ExitAsync() => _running.WaitAsync(TimeSpan.FromSeconds(30));

        public Task ShowsAsync(string text) =>
            Eventually.HoldsAsync(
                $"the terminal shows '{text}'",
                () => Task.FromResult(Shown.Contains(text, StringComparison.Ordinal))
            );

        private string Shown
        {
            get
            {
                // the writer's own lock
                lock (_writer)
                {
                    return _output.ToString();
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            _input.Lines.Writer.TryComplete();
            await _stop.CancelAsync();
            await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
            await _output.DisposeAsync();
        }
    }

    /// <summary>Gives a line when it was typed.</summary>
    private sealed class TypedText : TextReader
    {
        public Channel<string> Lines { get; } = Channel.CreateUnbounded<string>();

        public override string? ReadLine()
        {
            var wait = Lines.Reader.WaitToReadAsync().AsTask();
            return wait.GetAwaiter().GetResult() && Lines.Reader.TryRead(out var line)
                ? line
                : null;
        }
    }
}
