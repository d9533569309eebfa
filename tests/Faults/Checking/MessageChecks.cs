using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Checking;

/// <summary>Compares conversations with what was acknowledged.</summary>
internal static class MessageChecks
{
    public static IEnumerable<Violation> Check(World world, Observation.Conversation seen)
    {
        var pair = world.Between(seen.Viewer, seen.Other);
        var what = $"conversation of {pair}, read by {seen.Viewer}";
        foreach (
            var twice in seen.Messages.GroupBy(one => one.Number).Where(many => many.Count() > 1)
        )
        {
            yield return new(Violation.Doubled, $"{what}: number {twice.Key} comes twice");
        }
        // a text is used once in a run: the same under two numbers was stored twice
        foreach (
            var twice in seen
                .Messages.Where(one => one.Text.Length > 0)
                .GroupBy(one => one.Text)
                .Where(many => many.Count() > 1)
        )
        {
            yield return new(
                Violation.Doubled,
                $"{what}: '{twice.Key}' stands under the numbers {string.Join(", ", twice.Select(one => one.Number))}"
            );
        }
        var byNumber = seen
            .Messages.GroupBy(one => one.Number)
            .ToDictionary(many => many.Key, many => many.First());
        foreach (var (index, message) in pair.Messages.Index())
        {
            var expected = new Observation.Message(
                index + 1,
                message.Sender,
                message.Text,
                message.IsDeleted
            );
            if (!byNumber.Remove(expected.Number, out var found))
            {
                yield return new(Violation.Lost, $"{what}: {expected} is not there");
            }
            else if (found != expected)
            {
                yield return new(Violation.Lost, $"{what}: {found} instead of {expected}");
            }
        }
        foreach (var stray in byNumber.Values)
        {
            yield return new(
                pair.IsConnected ? Violation.Stray : Violation.Unconnected,
                $"{what}: {stray} was never acknowledged"
            );
        }
        if (seen.LastNumber != seen.Messages.Count)
        {
            yield return new(
                Violation.Count,
                $"{what}: the last number is {seen.LastNumber}, there are {seen.Messages.Count} messages"
            );
        }
        if (seen.UnreadCount != pair.UnreadOf(seen.Viewer))
        {
            yield return new(
                Violation.Count,
                $"{what}: {seen.UnreadCount} are unread, by the marks it is {pair.UnreadOf(seen.Viewer)}"
            );
        }
    }

    public static IEnumerable<Violation> Check(World world, Observation.Unread seen)
    {
        var unread = world
            .PairsOf(seen.Member)
            .Select(pair => pair.UnreadOf(seen.Member))
            .ToArray();
        if (seen.Conversations != unread.Count(one => one > 0) || seen.Messages != unread.Sum())
        {
            yield return new(
                Violation.Count,
                $"{seen.Member} has {seen.Messages} unread messages in {seen.Conversations} conversations; "
                    + $"by the marks it is {unread.Sum()} in {unread.Count(one => one > 0)}"
            );
        }
    }
}
