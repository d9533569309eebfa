using System.Collections.Concurrent;

namespace Platform.Connections.Network.Graph;

/// <summary>Keeps as many <see cref="Scratch"/> as questions can be worked on at a time.</summary>
internal sealed class ScratchPool
{
    private readonly ConcurrentQueue<Scratch> _idle = new();

    public Scratch Rent() => _idle.TryDequeue(out var scratch) ? scratch : new Scratch();

    /// <param name="scratch">All zero.</param>
    public void Return(Scratch scratch)
    {
        if (_idle.Count < Environment.ProcessorCount)
        {
            _idle.Enqueue(scratch);
        }
    }
}
