namespace Platform.Feed.Sources;

/// <summary>Answers to one question about others, as far as it was asked.</summary>
public sealed class KnownAnswers<TKey, TAnswer>
    where TKey : notnull
{
    // the authors of what a viewer reads; whoever reads of more has all of them asked for again
    private const int Most = 2000;

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, TAnswer> _answers = [];
    private int _corrections;

    /// <summary>How often an answer took the place of another: what was worked out from answers before may be wrong since.</summary>
    public int Corrections => Volatile.Read(ref _corrections);

    /// <summary>Splits others by what is known about them.</summary>
    /// <param name="asked">Who or what is asked about.</param>
    /// <param name="found">Gets the answers that are known.</param>
    /// <returns>Those of whom nothing is known.</returns>
    public IReadOnlyCollection<TKey> Unknown(
        IReadOnlyCollection<TKey> asked,
        Dictionary<TKey, TAnswer> found
    )
    {
        List<TKey>? unknown = null;
        lock (_gate)
        {
            foreach (var key in asked)
            {
                if (_answers.TryGetValue(key, out var answer))
                {
                    found[key] = answer;
                }
                else
                {
                    (unknown ??= []).Add(key);
                }
            }
        }
        return unknown ?? (IReadOnlyCollection<TKey>)[];
    }

    /// <summary>Keeps answers.</summary>
    public void Learn(IReadOnlyDictionary<TKey, TAnswer> answers)
    {
        lock (_gate)
        {
            if (_answers.Count + answers.Count > Most)
            {
                _answers.Clear();
                Volatile.Write(ref _corrections, _corrections + 1);
            }
            foreach (var (key, answer) in answers.Take(Most))
            {
                if (
                    _answers.TryGetValue(key, out var before)
                    && !EqualityComparer<TAnswer>.Default.Equals(before, answer)
                )
                {
                    Volatile.Write(ref _corrections, _corrections + 1);
                }
                _answers[key] = answer;
            }
        }
    }
}
