using Platform.Testing;
using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults.Injection;

/// <summary>The file system of a store is full. Some stores end then: they are started again when there is room.</summary>
/// <param name="subject">The store.</param>
/// <param name="volume">Its file system.</param>
/// <param name="server">The server that keeps its files there; null where services themselves do.</param>
internal sealed class FillDisk(string subject, Volume volume, StoreServer? server) : IFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public string Kind => "disk full";

    public string Subject => subject;

    public string? Problem => volume.Problem;

    public TimeSpan Length => TimeSpan.FromSeconds(5);

    public Task InjectAsync()
    {
        volume.Fill();
        return Task.CompletedTask;
    }

    public async Task HealAsync()
    {
        volume.Free();
        if (server is null)
        {
            return;
        }
        try
        {
            await Eventually.HoldsAsync($"{server.Name} serves", server.IsServingAsync, Patience);
        }
        catch (TimeoutException)
        {
            await server.RestartAsync();
        }
    }
}
