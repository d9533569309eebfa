using System.Text;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// The file of an index. Behind eight bytes that name the format and its version come frames (<see cref="SnapshotWriter"/>) with,
/// in this order: the origin; revision, settled revision, numbers of members, half edges and unsettled pairs; all names, each
/// behind its length; all degrees; for each block of members their lists, then the days of these; the unsettled pairs, ids and
/// revision; the latest changes, names and revision. Numbers are as the processor has them, the least significant byte first.
/// <para>Members without connections are left out, so ids differ from those of the process that wrote it.</para>
/// </summary>
internal static class GraphSnapshot
{
    private static ReadOnlySpan<byte> Format => "PLGRAPH2"u8;

    public static void Write(
        Stream stream,
        string origin,
        GraphView view,
        long settled,
        KeyValuePair<long, long>[] unsettled,
        AppliedChange[] latest
    )
    {
        var (members, newIds) = Renumber(view, unsettled);
        stream.Write(Format);
        var writer = new SnapshotWriter(stream);
        WriteText(writer, origin);
        writer.Write(view.Revision);
        writer.Write(settled);
        writer.Write(members.Length);
        writer.Write(view.Totals.HalfEdges);
        writer.Write(unsettled.Length);
        foreach (var member in members)
        {
            var name = view.NameBytes(member);
            writer.Write((byte)name.Length);
            writer.Write(name);
        }
        foreach (var member in members)
        {
            writer.Write(view.DegreeOf(member));
        }
        foreach (var block in members.Chunk(GraphBlock.Size))
        {
            foreach (var member in block)
            {
                foreach (var other in view.ConnectionsOf(member))
                {
                    writer.Write(newIds[other]);
                }
            }
            foreach (var member in block)
            {
                writer.Write(view.ConnectedDaysOf(member));
            }
        }
        foreach (var (pair, revision) in unsettled)
        {
            writer.Write(newIds[(int)(pair >> 32)]);
            writer.Write(newIds[(int)pair]);
            writer.Write(revision);
        }
        writer.Write(latest.Length);
        foreach (var change in latest)
        {
            WriteText(writer, change.Low);
            WriteText(writer, change.High);
            writer.Write(change.Revision);
        }
        writer.Complete();
    }

    public static GraphIndex Read(Stream stream, string origin)
    {
        Span<byte> format = stackalloc byte[Format.Length];
        Require(
            stream.ReadAtLeast(format, format.Length, throwOnEndOfStream: false) == format.Length
                && format.SequenceEqual(Format),
            "It is no snapshot of this version."
        );
        var reader = new SnapshotReader(stream);
        Require(
            string.Equals(ReadText(reader), origin, StringComparison.Ordinal),
            "It is of another store."
        );
        var revision = reader.Read<long>();
        var settled = reader.Read<long>();
        var members = reader.ReadCount();
        var halfEdges = reader.Read<long>();
        var unsettledCount = reader.ReadCount();

        var names = new MemberNames();
        Span<byte> name = stackalloc byte[byte.MaxValue];
        for (var member = 0; member < members; member++)
        {
            var bytes = name[..reader.Read<byte>()];
            reader.Read(bytes);
            Require(
                bytes.Length is > 0 and <= MemberNames.MaxBytes && names.GetOrAdd(bytes) == member,
                "A name is empty, too long or there twice."
            );
        }
        var degrees = new int[members];
        reader.Read<int>(degrees);
        var totals = default(GraphTotals);
        var blocks = new GraphBlock[GraphIndex.CountBlocks(members)];
        for (var block = 0; block < blocks.Length; block++)
        {
            var first = block << GraphBlock.Bits;
            blocks[block] = ReadBlock(
                reader,
                first,
                degrees.AsSpan(first, Math.Min(GraphBlock.Size, members - first)),
                members,
                ref totals
            );
        }
        Require(totals.HalfEdges == halfEdges, "The lists do not add up.");
        var unsettled = new Dictionary<long, long>(unsettledCount);
        for (var index = 0; index < unsettledCount; index++)
        {
            int one = reader.Read<int>(),
                other = reader.Read<int>();
            Require((uint)one < (uint)members && (uint)other < (uint)members, "A pair is unknown.");
            unsettled[GraphIndex.PairKey(one, other)] = reader.Read<long>();
        }
        var latest = new AppliedChange[reader.ReadCount()];
        for (var index = 0; index < latest.Length; index++)
        {
            latest[index] = new AppliedChange(
                ReadText(reader),
                ReadText(reader),
                reader.Read<long>()
            );
        }
        reader.RequireEnd();
        return new GraphIndex(names, blocks, totals, revision, settled, unsettled, latest);
    }

    private static void WriteText(SnapshotWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write<byte>(bytes);
    }

    private static string ReadText(SnapshotReader reader)
    {
        var bytes = new byte[reader.ReadCount()];
        reader.Read<byte>(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static GraphBlock ReadBlock(
        SnapshotReader reader,
        int first,
        ReadOnlySpan<int> degrees,
        int members,
        ref GraphTotals totals
    )
    {
        var starts = new int[GraphBlock.Size + 1];
        for (var local = 0; local < GraphBlock.Size; local++)
        {
            var degree = local < degrees.Length ? degrees[local] : 0;
            Require(
                degree >= 0 && degree < members && starts[local] <= int.MaxValue - degree,
                "A list has no such length."
            );
            starts[local + 1] = starts[local] + degree;
            totals.ConnectedMembers += degree > 0 ? 1 : 0;
        }
        var others = GC.AllocateUninitializedArray<int>(starts[^1]);
        reader.Read<int>(others);
        var days = GC.AllocateUninitializedArray<ushort>(starts[^1]);
        reader.Read<ushort>(days);
        totals.HalfEdges += others.Length;
        // searches rely on the order, and on every id to be one of a member
        for (var local = 0; local < degrees.Length; local++)
        {
            var last = -1;
            foreach (var other in others.AsSpan(starts[local], degrees[local]))
            {
                Require(other > last && other != first + local, "A list is not in order.");
                last = other;
            }
            Require(last < members, "A list has an unknown member.");
        }
        return GraphBlock.Of(starts, others, days);
    }

    // who to write, and the new id of each; those left out have none and are in no list
    private static (int[] Members, int[] NewIds) Renumber(
        GraphView view,
        KeyValuePair<long, long>[] unsettled
    )
    {
        var newIds = new int[view.Members];
        for (var member = 0; member < newIds.Length; member++)
        {
            newIds[member] = view.DegreeOf(member) > 0 ? 0 : -1;
        }
        foreach (var (pair, _) in unsettled)
        {
            newIds[(int)(pair >> 32)] = 0;
            newIds[(int)pair] = 0;
        }
        var members = new int[newIds.Count(id => id == 0)];
        var count = 0;
        for (var member = 0; member < newIds.Length; member++)
        {
            if (newIds[member] == 0)
            {
                members[count] = member;
                newIds[member] = count++;
            }
        }
        return (members, newIds);
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidDataException($"The snapshot cannot be used: {otherwise}");
        }
    }
}
