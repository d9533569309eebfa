namespace Platform.Feed.Sources;

/// <summary>Answers to one yes-or-no question about other members, as far as it was asked.</summary>
public sealed class KnownMembers
{
    // the authors of what a viewer reads; whoever reads of more has all of them asked for again
    private const int Most = 2000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, bool> _answers = new(StringComparer.Ordinal);

    /// <summary>Splits members by what is known about them.</summary>
    /// <param name="members">Who.</param>
    /// <param name="yes">Gets those for whom the answer is yes.</param>
    /// <returns>Those of whom nothing is known.</returns>
    public IReadOnlyCollection<string> Unknown(
        IReadOnlyCollection<string> members,
        HashSet<string> yes
    )
    {
        var unknown = new List<string>();
        lock (_gate)
        {
            foreach (var member in members)
            {
                if (!_answers.TryGetValue(member, out var answer))
                {
                    unknown.Add(member);
                }
                else if (answer)
                {
                    yes.Add(member);
                }
            }
        }
        return unknown;
    }

    /// <summary>Keeps an answer.</summary>
    /// <param name="asked">Who was asked about.</param>
    /// <param name="yes">Those of them for whom the answer is yes.</param>
    public void Learn(IReadOnlyCollection<string> asked, IReadOnlySet<string> yes)
    {
        lock (_gate)
        {
            if (_answers.Count + asked.Count > Most)
            {
                _answers.Clear();
            }
            foreach (var member in asked.Take(Most))
            {
                _answers[member] = yes.Contains(member);
            }
        }
    }
}
