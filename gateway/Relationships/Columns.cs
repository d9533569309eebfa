using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Platform.Connections.V1;

namespace Platform.Gateway.Relationships;

/// <summary>Columns that name only some members by their indexes, made into columns of all.</summary>
internal static class Columns
{
    /// <summary>Whether each member is named; null when nobody is.</summary>
    /// <exception cref="IndexOutOfRangeException">A member is named that was not asked about.</exception>
    public static bool[]? Expand(RepeatedField<uint> indexes, int count)
    {
        if (indexes.Count == 0)
        {
            return null;
        }
        var all = new bool[count];
        foreach (var index in indexes)
        {
            all[index] = true;
        }
        return all;
    }

    /// <summary>The time of each member; null when nobody has one.</summary>
    /// <exception cref="IndexOutOfRangeException">As the other.</exception>
    public static Timestamp?[]? Expand(RepeatedField<IndexedTime> times, int count)
    {
        if (times.Count == 0)
        {
            return null;
        }
        var all = new Timestamp?[count];
        foreach (var time in times)
        {
            foreach (var index in time.Indexes)
            {
                all[index] = time.Time;
            }
        }
        return all;
    }

    /// <summary>The pending invitation of each member; null when nobody has one.</summary>
    /// <exception cref="IndexOutOfRangeException">As the others.</exception>
    public static IndexedInvitation?[]? Expand(
        RepeatedField<IndexedInvitation> invitations,
        int count
    )
    {
        if (invitations.Count == 0)
        {
            return null;
        }
        var all = new IndexedInvitation?[count];
        foreach (var invitation in invitations)
        {
            all[invitation.Index] = invitation;
        }
        return all;
    }
}
