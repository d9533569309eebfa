using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// Room for one question: a bit, a small counter and a score for every member. All zero between questions; whoever leaves it
/// otherwise, by an exception, does not give it back.
/// </summary>
internal sealed class Scratch
{
    private readonly Dictionary<int, int> _carries = [];
    private ulong[] _near = [];
    private ulong[] _marks = [];
    private byte[] _counters = [];
    private uint[] _scores = [];

    /// <summary>A bit a member.</summary>
    public Span<ulong> Near(int members) => Room(ref _near, Words(members));

    /// <summary>Another bit a member.</summary>
    public Span<ulong> Marks(int members) => Room(ref _marks, Words(members));

    /// <summary>A score a member.</summary>
    public Span<uint> Scores(int members) => Room(ref _scores, members);

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

    /// <summary>A counter a member, to count up by <see cref="CountUp"/>.</summary>
    public Span<byte> Counters(int members) => Room(ref _counters, members);

    /// <summary>Adds 1 to the counters of <paramref name="members"/>.</summary>
    public void CountUp(Span<byte> counters, ReadOnlySpan<int> members)
    {
        ref var first = ref MemoryMarshal.GetReference(counters);
        foreach (var member in members)
        {
            ref var counter = ref Unsafe.Add(ref first, member);
            var next = (byte)(counter + 1);
            counter = next;
            // one byte a member is what stays in the processor's cache; the few that are counted more often carry over here
            if (next == 0)
            {
                Carry(ref counter, member);
            }
        }
    }

    /// <summary>What a counter has counted, and zeroes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeCount(ref byte counter, int member)
    {
        int count = counter;
        counter = 0;
        return _carries.Count == 0 || !_carries.Remove(member, out var carried)
            ? count
            : count + carried;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Carry(ref byte counter, int member)
    {
        // never 0, which would say that nothing was counted
        counter = 1;
        CollectionsMarshal.GetValueRefOrAddDefault(_carries, member, out _) += byte.MaxValue;
    }

    private static Span<T> Room<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            // members keep coming, one by one
            array = new T[length + length / 8 + 64];
        }
        return array.AsSpan(0, length);
    }
}
