namespace Platform.Feed.Storage;

/// <summary>
/// Keeps what was used lately, in two generations: when the young one is full the old one goes, with all that was not used
/// meanwhile. Not safe for several threads.
/// </summary>
/// <param name="most">How many are kept at most, about; 0 keeps none.</param>
public sealed class RecentItems<TKey, TItem>(int most, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
    where TItem : class
{
    private readonly int _generation = (most + 1) / 2;
    private Dictionary<TKey, TItem> _young = new(comparer);
    private Dictionary<TKey, TItem> _old = new(comparer);

    /// <summary>Whether anything is kept at all.</summary>
    public bool IsOn => _generation > 0;

    /// <summary>An item, which is used by that; null if it is not kept.</summary>
    public TItem? Find(TKey key)
    {
        if (_young.TryGetValue(key, out var item))
        {
            return item;
        }
        if (_old.Remove(key, out item))
        {
            Set(key, item);
        }
        return item;
    }

    /// <summary>Keeps an item.</summary>
    public void Set(TKey key, TItem item)
    {
        if (!IsOn)
        {
            return;
        }
        if (_young.Count >= _generation && !_young.ContainsKey(key))
        {
            (_young, _old) = (new(comparer), _young);
        }
        _young[key] = item;
    }

    public void Remove(TKey key)
    {
        _young.Remove(key);
        _old.Remove(key);
    }

    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
