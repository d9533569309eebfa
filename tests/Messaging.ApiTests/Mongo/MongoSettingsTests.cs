using Microsoft.Extensions.Options;
using Platform.Messaging;
using Platform.Testing;

namespace Platform.Tests.Messaging.ApiTests.Mongo;

/// <summary>Settings of MongoDB that cannot be right end the service at its start, and are named.</summary>
public sealed class MongoSettingsTests
{
    [Theory]
    [InlineData("MongoDb", "localhost:27017", "messaging", "Storage:ConnectionString")]
    [InlineData("MongoDb", "mongodb://", "messaging", "Storage:ConnectionString")]
    [InlineData("MongoDb", "mongodb://localhost", "", "Storage:Database")]
    [InlineData("Mongo", "mongodb://localhost", "messaging", "Storage:Engine")]
    public async Task Start_WrongSetting_IsRefusedByName(
        string engine,
        string connectionString,
        string database,
        string setting
    )
    {
        using var identity = new TestIdentity();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            RunningService.StartAsync(
                MessagingApp.Build,
                identity,
                [
                    new("Storage:Engine", engine),
                    new("Storage:ConnectionString", connectionString),
                    new("Storage:Database", database),
                    new("Services:Connections:Address", "http://127.0.0.1:1"),
                ]
            )
        );

        Assert.Contains(refusal.Failures, failure => failure.Contains(setting));
    }
}
