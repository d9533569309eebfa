using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

/// <summary>Whether others take the token of a service, whatever its clock does.</summary>
public sealed class ServiceTokenSourceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
    );
    private readonly SteppingClock _ofThisService;
    private readonly TestIdentity _identity;
    private readonly ServiceTokenSource _tokens;

    public ServiceTokenSourceTests()
    {
        _ofThisService = new SteppingClock(_time);
        _identity = new TestIdentity(_time);
        _tokens = new ServiceTokenSource(
            new ServiceName("feed"),
            Options.Create(
                new ServiceIdentityOptions
                {
                    Issuer = TestIdentity.Issuer,
                    KeyFile = _identity.PrivateKeyFile,
                }
            ),
            Options.Create(new AuthOptions { Audience = TestIdentity.Audience }),
            _ofThisService
        );
    }

    public void Dispose() => _identity.Dispose();

    [Fact]
    public async Task AuthorizationHeader_AsTimeGoes_IsTakenAndSeldomAnother()
    {
        var seen = new HashSet<string>();
        for (var minute = 0; minute < 60; minute++)
        {
            seen.Add(_tokens.AuthorizationHeader);
            await AssertTakenAsync();
            _time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.InRange(seen.Count, 2, 8);
    }

    [Fact]
    public async Task AuthorizationHeader_ClockCameBackFromAhead_IsTaken()
    {
        _ofThisService.IsAheadBy = TimeSpan.FromMinutes(10);
        _ = _tokens.AuthorizationHeader;

        _ofThisService.IsAheadBy = TimeSpan.Zero;

        await AssertTakenAsync();
    }

    private async Task AssertTakenAsync()
    {
        var others = _identity.Verifier(_time, "service");
        var taken = await others.VerifyAsync(_tokens.AuthorizationHeader.Split(' ')[1]);
        Assert.Equal(new Caller(CallerRole.Service, "feed"), taken.Caller);
    }
}
