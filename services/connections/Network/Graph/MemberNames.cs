using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// The ids of members, numbered 0, 1, 2 ... in the order of their first appearance: bytes one behind the other in pages, where
/// each begins, and open-addressing tables of numbers that find them. Numbers are never used again.
/// <para>
/// It only grows, so all views share it. One writer; readers need no lock: the writer publishes a name before its number and
/// a number before the view that counts it, and readers skip numbers that their view does not count yet.
/// </para>
/// </summary>
internal sealed class MemberNames
{
    /// <summary>In characters; so long is a member's id at most.</summary>
    public const int MaxLength = 64;

    /// <summary>In bytes.</summary>
    public const int MaxBytes = MaxLength * 3;
    private const int PageBits = 16;
    private const int PageSize = 1 << PageBits;
    private const int PlaceBits = 12;
    private const int Places = 1 << PlaceBits;

    // Tables by the first bits of the hash: one that is full grows alone, so that no change waits for all names to move.
    private const int TableBits = 8;

    // as many reads as a processor has under way at once, several times over
    private const int AtOnce = 128;
    private const int FirstSlots = 8;

    // differs from process to process, so that nobody can make up ids that collide
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private readonly Table[] _tables = new Table[1 << TableBits];
    private byte[][] _bytes = [];
    private uint[][] _places = [];
    private int _used = PageSize;

    public MemberNames()
    {
        for (var table = 0; table < _tables.Length; table++)
        {
            _tables[table] = Table.OfSize(FirstSlots);
        }
    }

    /// <summary>How many there are; only the writer may ask.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a string can be a member's id, as far as this needs to know.</summary>
    public static bool CanBeName(string name) => name.Length is > 0 and <= MaxLength;

    /// <summary>The number of a name; -1 when there is none below <paramref name="members"/>.</summary>
    public int Find(string name, int members)
    {
        if (!CanBeName(name))
        {
            return -1;
        }
        Span<byte> buffer = stackalloc byte[MaxBytes];
        ReadOnlySpan<byte> bytes = buffer[..Encoding.UTF8.GetBytes(name, buffer)];
        return Find(bytes, Hash(bytes), members, out _);
    }

    /// <summary>
    /// <see cref="Find(string, int)"/> of many, which costs far less than one by one: a look-up reads three places in memory one
    /// after the other, and in each of the passes here the processor waits for those of many names together.
    /// </summary>
    /// <param name="names">The names.</param>
    /// <param name="members">As many numbers count.</param>
    /// <param name="numbers">Where to, in the order of <paramref name="names"/>.</param>
    public void FindAll(IReadOnlyList<string> names, int members, Span<int> numbers)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        Span<ulong> hashes = stackalloc ulong[AtOnce];
        for (var first = 0; first < names.Count; first += AtOnce)
        {
            var count = Math.Min(AtOnce, names.Count - first);
            var found = numbers.Slice(first, count);
            for (var at = 0; at < count; at++)
            {
                var name = names[first + at];
                var bytes = CanBeName(name) ? Encoding.UTF8.GetBytes(name, buffer) : 0;
                hashes[at] = Hash(buffer[..bytes]);
            }
            for (var at = 0; at < count; at++)
            {
                var slots = Volatile.Read(ref _tables[hashes[at] >> (64 - TableBits)]).Slots;
                found[at] = Volatile.Read(ref slots[FirstSlot(hashes[at], slots)]);
            }
            var touched = 0;
            for (var at = 0; at < count; at++)
            {
                // most often it is the one of the first slot
                touched += found[at] >= 0 ? Bytes(found[at]).Length : 0;
            }
            GC.KeepAlive(touched);
            for (var at = 0; at < count; at++)
            {
                var name = names[first + at];
                var bytes = CanBeName(name) ? Encoding.UTF8.GetBytes(name, buffer) : 0;
                found[at] = bytes > 0 ? Find(buffer[..bytes], hashes[at], members, out _) : -1;
            }
        }
    }

    /// <summary>The number of a name, a new one if it has none; only the writer may call it.</summary>
    public int GetOrAdd(string name)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        return GetOrAdd(buffer[..Encoding.UTF8.GetBytes(name, buffer)]);
    }

    /// <inheritdoc cref="GetOrAdd(string)"/>
    public int GetOrAdd(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(bytes.Length is > 0 and <= MaxBytes);
        var hash = Hash(bytes);
        var found = Find(bytes, hash, Count, out var slot);
        if (found >= 0)
        {
            return found;
        }
        var number = Append(bytes);
        ref var table = ref _tables[hash >> (64 - TableBits)];
        // three quarters full at most
        if ((table.Used + 1) * 4 > table.Slots.Length * 3)
        {
            Volatile.Write(ref table, Grow(table));
            _ = Find(bytes, hash, Count, out slot);
        }
        table.Used++;
        Volatile.Write(ref table.Slots[slot], number);
        return number;
    }

    /// <summary>The name of a number.</summary>
    public ReadOnlySpan<byte> Bytes(int number)
    {
        var place = Volatile.Read(ref _places)[number >> PlaceBits][number & (Places - 1)];
        var page = Volatile.Read(ref _bytes)[place >> PageBits];
        var start = (int)(place & (PageSize - 1));
        return page.AsSpan(start + 1, page[start]);
    }

    private int Append(ReadOnlySpan<byte> bytes)
    {
        // a name is not cut by the end of a page, and its length stands before it
        if (_used + 1 + bytes.Length > PageSize)
        {
            Volatile.Write(ref _bytes, [.. _bytes, new byte[PageSize]]);
            _used = 0;
        }
        var number = Count;
        if (number >> PlaceBits == _places.Length)
        {
            Volatile.Write(ref _places, [.. _places, new uint[Places]]);
        }
        var page = _bytes[^1];
        page[_used] = (byte)bytes.Length;
        bytes.CopyTo(page.AsSpan(_used + 1));
        _places[number >> PlaceBits][number & (Places - 1)] = checked(
            (uint)(((ulong)(_bytes.Length - 1) << PageBits) | (uint)_used)
        );
        _used += 1 + bytes.Length;
        Count = checked(number + 1);
        return number;
    }

    private Table Grow(Table full)
    {
        var grown = Table.OfSize(full.Slots.Length * 2);
        grown.Used = full.Used;
        foreach (var number in full.Slots)
        {
            if (number >= 0)
            {
                var slot = FirstSlot(Hash(Bytes(number)), grown.Slots);
                while (grown.Slots[slot] >= 0)
                {
                    slot = (slot + 1) & (grown.Slots.Length - 1);
                }
                grown.Slots[slot] = number;
            }
        }
        return grown;
    }

    private int Find(ReadOnlySpan<byte> bytes, ulong hash, int members, out int slot)
    {
        var slots = Volatile.Read(ref _tables[hash >> (64 - TableBits)]).Slots;
        for (slot = FirstSlot(hash, slots); ; slot = (slot + 1) & (slots.Length - 1))
        {
            var number = Volatile.Read(ref slots[slot]);
            if (number < 0)
            {
                return -1;
            }
            if (number < members && Bytes(number).SequenceEqual(bytes))
            {
                return number;
            }
        }
    }

    private static int FirstSlot(ulong hash, int[] slots) => (int)hash & (slots.Length - 1);

    // eight bytes at a time through a wide multiplication, as wyhash does it
    private ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = _seed ^ (ulong)bytes.Length;
        for (; bytes.Length > 8; bytes = bytes[8..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), 0x9E3779B97F4A7C15);
        }
        ulong last = 0;
        bytes.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref last)));
        return Mix(hash ^ last, 0xD6E8FEB86659FD93);
    }

    private static ulong Mix(ulong one, ulong other)
    {
        var high = Math.BigMul(one, other, out var low);
        return high ^ BitOperations.RotateLeft(low, 32);
    }

    private sealed class Table(int[] slots, int used)
    {
        /// <summary>Numbers; -1 in empty slots. A power of two of them.</summary>
        public int[] Slots { get; } = slots;

        public int Used { get; set; } = used;

        public static Table OfSize(int slots)
        {
            var table = new Table(new int[slots], 0);
            Array.Fill(table.Slots, -1);
            return table;
        }
    }
}
