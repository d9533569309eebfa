using Platform.Load;
using Platform.Testing.Graphs;

namespace Platform.Tests.Load.UnitTests;

public sealed class MixTests
{
    private static readonly Population People = new([
        .. RMat.Generate(10, 8_000, seed: 1).Select(edge => ($"{edge.One}", $"{edge.Other}")),
    ]);

    [Fact]
    public void Mix_ReadsToWrites_AreFiftyToOne()
    {
        using var clients = new Clients(new Uri("http://127.0.0.1:1"), "token");
        var mix = Mix.Of(clients, People, "run");

        var reads = mix.Where(operation => !operation.IsWrite).Sum(operation => operation.Weight);
        var writes = mix.Where(operation => operation.IsWrite).Sum(operation => operation.Weight);

        Assert.Equal(50, reads / writes, 3);
    }

    [Fact]
    public void Population_TheBusiestTenth_DoMostOfIt()
    {
        var random = new Random(1);
        var drawn = Enumerable
            .Range(0, 20_000)
            .Select(_ => People.Anybody(random))
            .CountBy(member => member)
            .Select(count => count.Value)
            .OrderDescending()
            .ToList();

        var busiest = drawn.Take(People.Members.Count / 10).Sum();

        Assert.InRange(busiest / 20_000.0, 0.35, 0.9);
    }

    [Fact]
    public void Population_WhatIsLeftToInvite_IsNotConnectedYet()
    {
        Assert.NotEmpty(People.ToInvite);
        Assert.Empty(People.ToInvite.Intersect(People.Connected));
    }
}
