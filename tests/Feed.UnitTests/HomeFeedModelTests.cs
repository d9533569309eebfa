using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>The model on SQLite and Garnet.</summary>
public sealed class HomeFeedModelTests(GarnetFixture garnet) : HomeFeedModel
{
    public static TheoryData<int, bool> Seeds => Histories(12);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Feed_AfterAnyHistory_IsWhatTheReferenceSays(int seed, bool readsAfterChanges) =>
        CompareAsync(seed, readsAfterChanges);

    protected override Task<FeedHarness> OpenAsync() =>
        Task.FromResult(new FeedHarness(garnet, FanOut));
}
