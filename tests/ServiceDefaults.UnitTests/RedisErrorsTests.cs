using Platform.Common.V1;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Tests.ServiceDefaults.UnitTests;

public sealed class RedisErrorsTests
{
    [Theory]
    [InlineData("MISCONF Errors writing to the AOF file: No space left on device")]
    [InlineData("SimpleError: MISCONF Errors writing to the AOF file: No space left on device")]
    [InlineData("EXECABORT Transaction discarded because of previous errors.")]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    public void Translate_ReplyThatPasses_IsUnavailable(string reply) =>
        Assert.Equal(ErrorReason.StoreUnavailable, RedisErrors.Translate(Reply(reply))?.Reason);

    [Fact]
    public void Translate_FaultOfOurOwn_IsNone() =>
        Assert.Null(RedisErrors.Translate(Reply("ERR wrong number of arguments")));

    private static RedisServerException Reply(string text) =>
        new(RedisErrorKind.UnknownError, CommandFlags.None, text);
}
