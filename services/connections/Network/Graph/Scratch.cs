using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// Room for one question: bits and a counter for every member. All zero between questions; whoever leaves it
/// otherwise, by an exception, does not give it back.
/// </summary>
internal sealed class Scratch
{
    private ulong[] _near = [];
    private ulong[] _marks = [];
    private ulong[] _counters = [];

    /// <summary>A bit a member.</summary>
    public Span<ulong> Near(int members) => Room(ref _near, Words(members));

    /// <summary>Another bit a member.</summary>
    public Span<ulong> Marks(int members) => Room(ref _marks, Words(members));

    /// <summary>Words of a bit a member.</summary>
    public static int Words(int members) => (int)(((uint)members + 63) / 64);

    /// <summary>Sets the bits of <paramref name="members"/>. All of them must be counted by the view.</summary>
    public static void Mark(Span<ulong> bits, ReadOnlySpan<int> members)
    {
        ref var words = ref MemoryMarshal.GetReference(bits);
        foreach (var member in members)
        {
            Unsafe.Add(ref words, member >> 6) |= 1UL << member;
        }
    }

    /// <summary>Clears the bits of <paramref name="members"/>.</summary>
    public static void Unmark(Span<ulong> bits, ReadOnlySpan<int> members)
    {
        foreach (var member in members)
        {
            bits[member >> 6] &= ~(1UL << member);
        }
    }

    /// <summary>Whether the bit of a member is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsMarked(ReadOnlySpan<ulong> bits, int member) =>
        (Unsafe.Add(ref MemoryMarshal.GetReference(bits), member >> 6) >> member & 1) != 0;

    /// <summary>Whether any of <paramref name="members"/> has its bit set.</summary>
    public static bool AnyMarked(ReadOnlySpan<ulong> bits, ReadOnlySpan<int> members)
    {
        foreach (var member in members)
        {
            if (IsMarked(bits, member))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>How many of <paramref name="members"/> have their bits set.</summary>
    public static int CountMarked(ReadOnlySpan<ulong> bits, ReadOnlySpan<int> members)
    {
        ref var words = ref MemoryMarshal.GetReference(bits);
        ulong count = 0;
        foreach (var member in members)
        {
            count += Unsafe.Add(ref words, member >> 6) >> member & 1;
        }
        return (int)count;
    }

    /// <summary>How many of <paramref name="members"/> have their bits set; doubles count once. Clears them.</summary>
    public static int TakeMarked(Span<ulong> bits, ReadOnlySpan<int> members)
    {
        var count = 0;
        foreach (var member in members)
        {
            ref var word = ref bits[member >> 6];
            var bit = 1UL << member;
            count += (word & bit) == 0 ? 0 : 1;
            word &= ~bit;
        }
        return count;
    }

    /// <summary>A counter a member. The smaller they are, the more of them the processor's cache holds.</summary>
    public Span<T> Counters<T>(int members)
        where T : unmanaged, IBinaryInteger<T>
    {
        var perWord = sizeof(ulong) / Unsafe.SizeOf<T>();
        return MemoryMarshal.Cast<ulong, T>(Room(ref _counters, (members / perWord) + 1))[
            ..members
        ];
    }

    /// <summary>Adds 1 to the counters of <paramref name="members"/>. All of them must be counted by the view.</summary>
    public static void CountUp<T>(Span<T> counters, ReadOnlySpan<int> members)
        where T : unmanaged, IBinaryInteger<T>
    {
        ref var first = ref MemoryMarshal.GetReference(counters);
        foreach (var member in members)
        {
            Unsafe.Add(ref first, member)++;
        }
    }

    private static Span<ulong> Room(ref ulong[] array, int length)
    {
        if (array.Length < length)
        {
            // members keep coming, one by one
            array = new ulong[length + (length / 8) + 64];
        }
        return array.AsSpan(0, length);
    }
}
