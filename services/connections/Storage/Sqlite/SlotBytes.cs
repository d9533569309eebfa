using Platform.Connections.Members;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>
/// A member's slots in some twenty bytes each. Every invitation reads and writes all of the week's; docs/adr/0014 has what that cost
/// as JSON. A format is told by its first byte; no bytes are no slots.
/// </summary>
internal static class SlotBytes
{
    private const byte Format = 1;

    public static byte[] Write(IReadOnlyList<Slot> slots)
    {
        if (slots.Count == 0)
        {
            return [];
        }
        using var bytes = new MemoryStream(32 * slots.Count);
        using var writer = new BinaryWriter(bytes);
        writer.Write(Format);
        writer.Write7BitEncodedInt(slots.Count);
        foreach (var slot in slots)
        {
            writer.Write((byte)slot.Kind);
            writer.Write(slot.IsConfirmed);
            writer.Write(slot.OtherId);
            writer.Write7BitEncodedInt(slot.Number);
            writer.Write7BitEncodedInt64(slot.Time.ToUnixTimeMilliseconds());
            writer.Write7BitEncodedInt64(slot.Ticket);
        }
        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">It is not what this build writes.</exception>
    public static Slot[] Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()));
        if (reader.ReadByte() is var format and not Format)
        {
            throw new InvalidDataException(
                $"Slots of format {format} were written by another build."
            );
        }
        var slots = new Slot[reader.Read7BitEncodedInt()];
        for (var index = 0; index < slots.Length; index++)
        {
            var kind = (SlotKind)reader.ReadByte();
            var isConfirmed = reader.ReadBoolean();
            slots[index] = new Slot(
                kind,
                reader.ReadString(),
                reader.Read7BitEncodedInt(),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.Read7BitEncodedInt64()),
                reader.Read7BitEncodedInt64(),
                isConfirmed
            );
        }
        return slots;
    }
}
