using System.Text.Json.Serialization;
using Platform.Connections.V1;

namespace Platform.Ctl.Connections;

/// <summary>How far apart two members are.</summary>
/// <param name="MemberId">From whom.</param>
/// <param name="OtherId">To whom.</param>
/// <param name="Degree">self, first, second, third or out_of_network.</param>
/// <param name="Distance">The same as a number, where there is one.</param>
/// <param name="Text">The same for people.</param>
public sealed record DegreeResult(
    string MemberId,
    string OtherId,
    string Degree,
    int? Distance,
    [property: JsonIgnore] string Text
)
{
    /// <summary>What the service answered.</summary>
    public static DegreeResult Of(string member, string other, Degree degree)
    {
        var (name, distance, text) = degree switch
        {
            Platform.Connections.V1.Degree.Self => (
                "self",
                0,
                $"{member} and {other} are the same member"
            ),
            Platform.Connections.V1.Degree.First => (
                "first",
                1,
                $"1: {other} is a connection of {member}"
            ),
            Platform.Connections.V1.Degree.Second => (
                "second",
                2,
                $"2: {other} is a connection of a connection of {member}"
            ),
            Platform.Connections.V1.Degree.Third => (
                "third",
                3,
                $"3: {other} is three connections away from {member}"
            ),
            _ => ("out_of_network", (int?)null, $"{other} is out of the network of {member}"),
        };
        return new DegreeResult(member, other, name, distance, text);
    }
}
