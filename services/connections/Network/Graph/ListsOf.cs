namespace Platform.Connections.Network.Graph;

/// <summary>
/// Goes through members whose lists are to be read next, and has the memory of some of them fetched ahead: where a list lies is
/// known only after a few reads that depend on each other, and those of several members can wait at the same time.
/// </summary>
internal ref struct ListsOf(GraphView graph, ReadOnlySpan<int> members)
{
    private const int Ahead = 16;

    private readonly ReadOnlySpan<int> _members = members;
    private int _index = -1;

    public readonly int Current => _members[_index];

    public readonly ListsOf GetEnumerator() => this;

    public bool MoveNext()
    {
        if (++_index >= _members.Length)
        {
            return false;
        }
        if (_index % Ahead == 0)
        {
            foreach (
                var member in _members.Slice(_index, Math.Min(Ahead, _members.Length - _index))
            )
            {
                graph.Touch(member);
            }
        }
        return true;
    }
}
