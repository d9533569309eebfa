using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Who sees which recommendation: every cell of its table in docs/visibility.md.</summary>
public class RecommendationVisibilityTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>
{
    private readonly RecommendationActor _author = new(fixture, "author");
    private readonly RecommendationActor _recipient = new(fixture, "recipient");
    private readonly RecommendationActor _other = new(fixture, "other");

    public static TheoryData<string, string, string> Table =>
        VisibilityDocument.Cells("Recommendations");

    [Theory]
    [MemberData(nameof(Table))]
    public async Task GetAndLists_EachCell_AreAsDocumented(
        string viewer,
        string situation,
        string expected
    )
    {
        var reader = viewer switch
        {
            "the author" => _author,
            "the recipient" => _recipient,
            _ => _other,
        };
        await _author.ConnectAsync(_recipient);
        await (
            viewer switch
            {
                "the author" or "the recipient" or "anybody else" => Task.CompletedTask,
                "a connection of the recipient" => _other.ConnectAsync(_recipient),
                "a member whom the recipient blocks" => _recipient.BlockAsync(_other),
                "a member who blocks the recipient" => _other.BlockAsync(_recipient),
                "a member whom the author blocks" => _author.BlockAsync(_other),
                "a member who blocks the author" => _other.BlockAsync(_author),
                _ => throw new ArgumentOutOfRangeException(nameof(viewer), viewer, "Not tested."),
            }
        );
        var id = await BringAboutAsync(situation);

        if (expected == "MEMBER_DELETED")
        {
            Assert.Equal(
                ErrorReason.MemberDeleted,
                (await Refusal.OfAsync(() => reader.GetAsync(id))).Reason
            );
            Assert.Equal(
                ErrorReason.MemberDeleted,
                (await Refusal.OfAsync(() => reader.ReceivedAsync(_recipient))).Reason
            );
            return;
        }
        var isThere = expected != "nothing";
        if (isThere)
        {
            var seen = await reader.GetAsync(id);
            Assert.Equal(expected == "all" ? await StoredAsync(id) : AsPublic(seen), seen);
        }
        else
        {
            var refusal = await Refusal.OfAsync(() => reader.GetAsync(id));
            Assert.Equal(ErrorReason.RecommendationNotFound, refusal.Reason);
        }
        var isPublic = isThere && IsPublic(situation);
        Assert.Equal(
            (reader == _recipient ? isThere : isPublic) ? [id] : [],
            await reader.ReceivedAsync(_recipient)
        );
        Assert.Equal(
            (reader == _author ? isThere : isPublic) ? [id] : [],
            await reader.WrittenAsync(_author)
        );
    }

    private async Task<string> BringAboutAsync(string situation)
    {
        if (situation == "asked for")
        {
            return (await _recipient.RequestAsync(_author)).RecommendationId;
        }
        var id = (await _author.WriteAsync(_recipient)).RecommendationId;
        if (situation == "written")
        {
            return id;
        }
        await _recipient.AcceptAsync(id);
        switch (situation)
        {
            case "accepted":
                break;
            case "accepted, newer waits":
                await _recipient.AskForRevisionAsync(id);
                await _author.ReviseAsync(id, "newer");
                break;
            case "hidden":
                await _recipient.HideAsync(id);
                break;
            case "withdrawn":
                await _author.WithdrawAsync(id);
                break;
            case "connection ended":
                await _author.DisconnectAsync(_recipient);
                break;
            case "blocked by the recipient":
                await _recipient.BlockAsync(_author);
                break;
            case "block lifted":
                await _recipient.BlockAsync(_author);
                await _recipient.UnblockAsync(_author);
                await _author.ConnectAsync(_recipient);
                break;
            case "author erased":
                await _author.EraseAsync();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(situation), situation, "Not tested.");
        }
        return id;
    }

    private static bool IsPublic(string situation) =>
        situation is "accepted" or "accepted, newer waits" or "connection ended";

    // both of the two see all of it, and the same
    private async Task<Recommendation> StoredAsync(string id)
    {
        var stored = await _author.GetAsync(id);
        Assert.Equal(stored, await _recipient.GetAsync(id));
        return stored;
    }

    private static Recommendation AsPublic(Recommendation seen) =>
        new()
        {
            RecommendationId = seen.RecommendationId,
            AuthorId = seen.AuthorId,
            RecipientId = seen.RecipientId,
            State = RecommendationState.Accepted,
            Shown = true,
            Text = "text",
            Relationship = "colleague",
            CreateTime = seen.CreateTime,
            AcceptTime = seen.AcceptTime,
            UpdateTime = seen.AcceptTime,
        };
}
