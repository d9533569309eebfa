using CsCheck;
using Platform.Connections.Network.Graph;

namespace Platform.Tests.Connections.UnitTests.Network;

/// <summary>The index answers as the reference does after any sequence of changes, in any order, repeated, saved and loaded.</summary>
public sealed class GraphProperties
{
    private const long Day = 24 * 60 * 60 * 1000L;

    private enum Upkeep
    {
        None,
        Compact,
        Settle,
        SaveAndLoad,
    }

    /// <param name="Delay">How many changes later it arrives.</param>
    /// <param name="Again">How many changes later it arrives once more; -1 for never.</param>
    private sealed record Change(
        int One,
        int Other,
        bool Connected,
        int Day,
        int Delay,
        int Again,
        Upkeep Then
    );

    // few members make long lists in common; the hubs among them, which come up most, make lists of very different lengths
    private static Gen<List<Change>> Histories(int members, int changes) =>
        Gen.Select(
                Gen.OneOf(Gen.Int[0, members - 1], Gen.Int[0, 1]),
                Gen.Int[1, members - 1],
                Gen.Frequency((4, true), (1, false)),
                Gen.Int[0, 41],
                Gen.OneOf(Gen.Const(0), Gen.Int[0, 30]),
                Gen.OneOf(Gen.Const(-1), Gen.Int[0, 60]),
                Gen.Frequency(
                    (20, Upkeep.None),
                    (1, Upkeep.Compact),
                    (1, Upkeep.Settle),
                    (1, Upkeep.SaveAndLoad)
                )
            )
            .Select(change => new Change(
                change.Item1,
                // never the same
                (change.Item1 + change.Item2) % members,
                change.Item3,
                change.Item4,
                change.Item5,
                change.Item6,
                change.Item7
            ))
            .List[0, changes];

    private static readonly Gen<(List<Change> History, int BatchSize, int Hidden)> SmallGraphs =
        Gen.Select(Histories(members: 14, changes: 90), Gen.Int[1, 12], Gen.Int[0, 13]);

    [Fact]
    public void AnySequenceOfChanges_AnswersAsTheReferenceDoes() =>
        SmallGraphs.Sample(
            sample =>
            {
                string[] members = [.. Enumerable.Range(0, 14).Select(Name), "nobody"];
                var check = new Run();
                var moments = new List<(GraphView View, ReferenceGraph Reference)>();
                foreach (var batch in Deliveries(sample.History).Chunk(sample.BatchSize))
                {
                    check.Deliver(batch);
                    moments.Add((check.Index.Current, check.Reference.Clone()));
                }
                // views of earlier moments have not changed either
                foreach (var (view, reference) in moments.Take(1).Concat(moments.TakeLast(2)))
                {
                    GraphAssert.Equal(
                        reference,
                        view,
                        members,
                        member => member == Name(sample.Hidden)
                    );
                }
            },
            iter: 300
        );

    [Fact]
    public void ManyMembers_AnswersAsTheReferenceDoes() =>
        Gen.Select(Histories(members: 2_500, changes: 6_000), Gen.Int[1, 900], Gen.Int[2, 2_499])
            .Sample(
                sample =>
                {
                    var check = new Run();
                    foreach (var batch in Deliveries(sample.Item1).Chunk(sample.Item2))
                    {
                        check.Deliver(batch);
                    }
                    string[] members =
                    [
                        Name(0),
                        Name(1),
                        .. Enumerable.Range(sample.Item3 - 2, 5).Select(Name),
                        "nobody",
                    ];
                    GraphAssert.Equal(
                        check.Reference,
                        check.Index.Current,
                        members,
                        member => member == Name(1)
                    );
                },
                iter: 8
            );

    [Fact]
    public void Build_OfConnectionsInAnyOrderAndTwice_AnswersAsTheReferenceDoes() =>
        Histories(members: 20, changes: 150)
            .Sample(
                changes =>
                {
                    var builder = new GraphBuilder();
                    var reference = new ReferenceGraph();
                    foreach (var change in changes)
                    {
                        builder.Add(Name(change.One), Name(change.Other), change.Day * Day);
                        // of doubles the latest holds
                        reference.Apply(Edge(change with { Connected = true }, change.Day + 1));
                    }
                    var index = builder.Build(revision: 1_000);
                    string[] members = [.. Enumerable.Range(0, 20).Select(Name)];
                    GraphAssert.Equal(reference, index.Current, members, _ => false);
                    Assert.Equal(1_000, index.Current.Revision);
                    Assert.Equal(1_000, index.Settled);
                },
                iter: 100
            );

    // names of all lengths from 1 to 64, whose order is not that of their numbers
    private static string Name(int number) =>
        $"{number * 7919 % 10_007}".PadLeft(1 + number % 60, "m-_.A"[number % 5]);

    private static EdgeChange Edge(Change change, long revision) =>
        new(Name(change.One), Name(change.Other), change.Connected, change.Day * Day, revision);

    private static IEnumerable<(EdgeChange Change, Upkeep Then)> Deliveries(List<Change> history) =>
        history
            .SelectMany(
                (change, index) =>
                    new[] { change.Delay, change.Again }
                        .Where(delay => delay >= 0)
                        .Select(delay => (Time: index + delay, Revision: index + 1L, change))
            )
            .OrderBy(delivery => delivery.Time)
            .Select(delivery => (Edge(delivery.change, delivery.Revision), delivery.change.Then));

    private sealed class Run
    {
        private readonly HashSet<long> _delivered = [];
        private long _settled;

        public GraphIndex Index { get; private set; } = new();

        public ReferenceGraph Reference { get; } = new();

        public void Deliver((EdgeChange Change, Upkeep Then)[] batch)
        {
            foreach (var (change, _) in batch)
            {
                Reference.Apply(change);
                _delivered.Add(change.Revision);
            }
            var revision = _delivered.Max();
            Index.Apply(batch.Select(delivery => delivery.Change).ToArray(), revision);
            Assert.Equal(revision, Index.Current.Revision);
            foreach (var (_, upkeep) in batch)
            {
                Do(upkeep);
            }
        }

        private void Do(Upkeep upkeep)
        {
            switch (upkeep)
            {
                case Upkeep.Compact:
                    Index.Compact();
                    break;
                case Upkeep.Settle:
                    while (_delivered.Contains(_settled + 1))
                    {
                        _settled++;
                    }
                    Index.Settle(_settled);
                    Assert.Equal(_settled, Index.Settled);
                    break;
                case Upkeep.SaveAndLoad:
                    using (var snapshot = new MemoryStream())
                    {
                        Index.Save(snapshot, "here");
                        snapshot.Position = 0;
                        var loaded = GraphIndex.Load(snapshot, "here");
                        Assert.Equal(Index.Current.Revision, loaded.Current.Revision);
                        Assert.Equal(Index.Settled, loaded.Settled);
                        Index = loaded;
                    }
                    break;
                case Upkeep.None:
                default:
                    break;
            }
        }
    }
}
