using CsCheck;
using Platform.Messaging.Live;

namespace Platform.Tests.Messaging.UnitTests;

/// <summary>
/// A stream against a record whose changes become visible late and out of order, with hints that are lost or doubled, looks at any time,
/// and a connection that breaks at any event: everything is told once, that of one conversation in its order.
/// </summary>
public sealed class LiveProgressProperties
{
    private const int Conversations = 4;

    [Fact]
    public void Stream_AnyInterleaving_TellsEachChangeOnceInOrder() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, Conversations - 1], Gen.Int[0, 100])
            .List[1, 200]
            .Sample(steps => new Run().Play(steps), iter: 2000);

    private sealed class Run
    {
        private readonly List<(int Conversation, long Stamp)> _hidden = [];
        private readonly List<(int Conversation, long Stamp)> _visible = [];
        private readonly List<(int Conversation, long Stamp)> _told = [];
        private LiveProgress _progress = new(1, 2, 0, new Dictionary<ulong, long>());
        private string _cursor = "";
        private long _stamp;

        public void Play(List<(int What, int Conversation, int Number)> steps)
        {
            foreach (var (what, conversation, number) in steps)
            {
                switch (what)
                {
                    case 0:
                        // a write is under way: it has a stamp, and nobody sees it yet
                        _hidden.Add((conversation, ++_stamp));
                        break;
                    case 1 when _hidden.Count > 0:
                        Show(number % _hidden.Count);
                        break;
                    case 2:
                        _progress.Hint(Name(conversation));
                        break;
                    case 3:
                        Look();
                        break;
                    case 4:
                        Send(number % 3);
                        break;
                    case 5:
                        Resume();
                        break;
                }
            }
            while (_hidden.Count > 0)
            {
                Show(0);
            }
            Look();
            Send(int.MaxValue);

            Assert.Equal(_visible.Count, _told.Count);
            Assert.Equal(_visible.Order(), _told.Order());
            foreach (var ofOne in _told.GroupBy(one => one.Conversation))
            {
                Assert.Equal(
                    ofOne.Select(one => one.Stamp).Order(),
                    ofOne.Select(one => one.Stamp)
                );
            }
        }

        // the changes of one conversation become visible in their order: each is a compare-and-set of one document
        private void Show(int index)
        {
            var conversation = _hidden[index].Conversation;
            var first = _hidden.FindIndex(one => one.Conversation == conversation);
            _visible.Add(_hidden[first]);
            _hidden.RemoveAt(first);
        }

        private void Look()
        {
            var settled = _hidden.Count == 0 ? _stamp : _hidden.Min(one => one.Stamp) - 1;
            var floor = _progress.Floor;
            _progress.Looked(
                settled,
                [
                    .. _visible
                        .GroupBy(one => one.Conversation)
                        .Select(ofOne => (Name(ofOne.Key), ofOne.Max(one => one.Stamp)))
                        .Where(one => one.Item2 > floor),
                ]
            );
        }

        private void Send(int atMost)
        {
            var sent = 0;
            while (sent <= atMost && _progress.TryTake(out var name))
            {
                var changes = _visible
                    .Where(one => Name(one.Conversation) == name)
                    .Where(one => one.Stamp > _progress.SentOf(name))
                    .OrderBy(one => one.Stamp)
                    .ToList();
                foreach (var change in changes)
                {
                    _progress.Sending(name, change.Stamp);
                    _told.Add(change);
                    _cursor = _progress.Cursor(DateTimeOffset.UnixEpoch).ToString();
                    if (++sent > atMost)
                    {
                        // cut off in the midst of a conversation
                        Resume();
                        return;
                    }
                }
                _progress.Sent(
                    name,
                    _visible
                        .Where(one => Name(one.Conversation) == name)
                        .Select(one => one.Stamp)
                        .DefaultIfEmpty()
                        .Max()
                );
            }
        }

        private void Resume()
        {
            if (_cursor.Length == 0)
            {
                _progress = new LiveProgress(1, 2, 0, new Dictionary<ulong, long>());
            }
            else
            {
                var cursor = LiveCursor.Parse(_cursor);
                _progress = new LiveProgress(
                    cursor.MemberKey,
                    cursor.FilterKey,
                    cursor.Floor,
                    cursor.Beyond
                );
            }
            Look();
        }

        private static string Name(int conversation) => $"c{conversation}";
    }
}
