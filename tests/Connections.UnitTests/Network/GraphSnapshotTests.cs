using System.Buffers.Binary;
using Platform.Connections.Network.Graph;

namespace Platform.Tests.Connections.UnitTests.Network;

/// <summary>A snapshot is whole and of the right store, or it is refused.</summary>
public sealed class GraphSnapshotTests
{
    [Fact]
    public void Load_OfWhatWasSaved_IsTheSame()
    {
        var index = Large();
        var loaded = GraphIndex.Load(new MemoryStream(Save(index)), "here");
        Assert.Equal(Save(index), Save(loaded));
        Assert.Equal(index.Current.Edges, loaded.Current.Edges);
        Assert.Equal(7, loaded.Settled);
    }

    [Fact]
    public void Load_CutAnywhere_IsRefused()
    {
        var snapshot = Save(Small());
        for (var length = 0; length < snapshot.Length; length++)
        {
            Refuses(snapshot[..length]);
        }
    }

    [Fact]
    public void Load_CutBetweenFrames_IsRefused()
    {
        // past one frame, so that what is left are whole frames with right checksums
        var snapshot = Save(Large());
        Assert.True(snapshot.Length > 1 << 20);
        for (var end = 8; end < snapshot.Length; )
        {
            Refuses(snapshot[..end]);
            end += 8 + BinaryPrimitives.ReadInt32LittleEndian(snapshot.AsSpan(end));
        }
    }

    [Fact]
    public void Load_WithFramesExchanged_IsRefused()
    {
        var snapshot = Save(Large());
        var first = 8 + BinaryPrimitives.ReadInt32LittleEndian(snapshot.AsSpan(8));
        var second = 8 + BinaryPrimitives.ReadInt32LittleEndian(snapshot.AsSpan(8 + first));
        Refuses([
            .. snapshot[..8],
            .. snapshot.AsSpan(8 + first, second),
            .. snapshot.AsSpan(8, first),
            .. snapshot[(8 + first + second)..],
        ]);
    }

    [Fact]
    public void Load_WithAnyBitFlipped_IsRefused()
    {
        var snapshot = Save(Small());
        for (var bit = 0; bit < snapshot.Length * 8; bit++)
        {
            byte[] damaged = [.. snapshot];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Refuses(damaged);
        }
    }

    [Fact]
    public void Load_OfAnotherStore_IsRefused() =>
        Assert.Throws<InvalidDataException>(() =>
            GraphIndex.Load(new MemoryStream(Save(Small())), "there")
        );

    [Fact]
    public void Load_OfSomethingElse_IsRefused()
    {
        Refuses("PLGRAPH0 is what an older one might begin with"u8.ToArray());
        Refuses(new byte[4096]);
    }

    [Fact]
    public void Save_AfterAMemberLostAllConnections_LeavesItOut()
    {
        var index = Small();
        index.Apply(
            [new("ann", "bob", false, 0, 20), new("ann", "cid", false, 0, 20)],
            revision: 20
        );
        index.Settle(20);
        var loaded = GraphIndex.Load(new MemoryStream(Save(index)), "here");
        Assert.Equal(-1, loaded.Current.Find("ann"));
        Assert.Equal(2, loaded.Current.Members);
        Assert.Equal(
            1,
            loaded.Current.Distance(loaded.Current.Find("bob"), loaded.Current.Find("cid"))
        );
    }

    [Fact]
    public void Save_WithChangesThatAreNotSettled_StillTellsLateOnes()
    {
        var index = Small();
        index.Apply([new("ann", "bob", false, 0, 20)], revision: 20);
        var loaded = GraphIndex.Load(new MemoryStream(Save(index)), "here");
        loaded.Apply([new("ann", "bob", true, 0, 19)], revision: 20);
        Assert.Equal(
            2,
            loaded.Current.Distance(loaded.Current.Find("ann"), loaded.Current.Find("bob"))
        );
    }

    private static void Refuses(byte[] snapshot) =>
        Assert.Throws<InvalidDataException>(() =>
            GraphIndex.Load(new MemoryStream(snapshot), "here")
        );

    private static byte[] Save(GraphIndex index)
    {
        var stream = new MemoryStream();
        index.Save(stream, "here");
        return stream.ToArray();
    }

    private static GraphIndex Small()
    {
        var builder = new GraphBuilder();
        builder.Add("ann", "bob", 0);
        builder.Add("ann", "cid", 0);
        builder.Add("bob", "cid", 0);
        return builder.Build(revision: 7);
    }

    private static GraphIndex Large()
    {
        var builder = new GraphBuilder();
        for (var member = 0; member < 3_000; member++)
        {
            for (var step = 1; step <= 60; step++)
            {
                builder.Add($"m{member}", $"m{(member + step * step) % 3_000}", step * 86_400_000L);
            }
        }
        return builder.Build(revision: 7);
    }
}
