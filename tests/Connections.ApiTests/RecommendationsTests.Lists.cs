using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

public partial class RecommendationsTests
{
    [Fact]
    public async Task List_WithHiddenOnesBetween_HasFullPages()
    {
        var shown = new List<string>();
        for (var index = 0; index < 9; index++)
        {
            var author = new RecommendationActor(fixture, $"author-{index}");
            await author.ConnectAsync(_bob);
            var id = (await author.WriteAsync(_bob)).RecommendationId;
            await _bob.AcceptAsync(id);
            if (index % 3 == 1)
            {
                await author.BlockAsync(_eve);
                continue;
            }
            shown.Insert(0, id);
        }

        for (var size = 1; size <= 7; size++)
        {
            var request = new ListReceivedRecommendationsRequest
            {
                RecipientId = _bob.Id,
                PageSize = size,
            };
            var listed = new List<string>();
            do
            {
                var page = await _eve.Calls.ListReceivedRecommendationsAsync(request);
                listed.AddRange(page.Recommendations.Select(item => item.RecommendationId));
                request.PageToken = page.NextPageToken;
                // pages do not tell that something is left out
                Assert.True(page.Recommendations.Count == size || request.PageToken.Length == 0);
                Assert.True(page.Recommendations.Count > 0);
            } while (request.PageToken.Length > 0);
            Assert.Equal(shown, listed);
        }
        Assert.Equal(9, (await _bob.ReceivedAsync(_bob, pageSize: 2)).Count);
    }

    [Fact]
    public async Task List_OfVeryLongTexts_FitsIntoAnswers()
    {
        // 189 times 24 KB: more than a client takes in one answer
        var longest = string.Concat(Enumerable.Repeat("🎉", 3000));
        var operations = new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
            fixture.Service.AsOperator()
        );
        for (var batch = 0; batch < 7; batch++)
        {
            var request = new ImportRecommendationsRequest();
            for (var index = 0; index < 27; index++)
            {
                var record = RecommendationTransferScenario.Revised(
                    $"author-{batch}-{index}",
                    _bob.Id
                );
                (record.Text, record.RevisedText) = (longest, longest);
                request.Recommendations.Add(record);
            }
            await operations.ImportRecommendationsAsync(request);
        }

        Assert.Equal(189, (await _bob.ReceivedAsync(_bob, pageSize: 200)).Distinct().Count());
        // what others see is shorter, and fits as it is
        Assert.Equal(189, (await _eve.ReceivedAsync(_bob, pageSize: 200)).Distinct().Count());
    }
}
