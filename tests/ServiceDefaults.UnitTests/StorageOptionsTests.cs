using Platform.ServiceDefaults.Storage;

namespace Platform.Tests.ServiceDefaults;

public sealed class StorageOptionsTests
{
    [Fact]
    public void Validate_Sqlite_NeedsAPath()
    {
        Assert.Empty(new StorageOptions { Path = "x.db" }.Validate());
        Assert.StartsWith("Storage:Path ", Assert.Single(new StorageOptions().Validate()));
    }

    [Theory]
    [InlineData("MongoDb")]
    [InlineData("mongodb")]
    public void Validate_MongoDb_NeedsConnectionStringAndDatabase(string engine)
    {
        var problems = new StorageOptions { Engine = engine }
            .Validate()
            .ToList();

        Assert.Equal(2, problems.Count);
        Assert.StartsWith("Storage:ConnectionString ", problems[0]);
        Assert.StartsWith("Storage:Database ", problems[1]);
        Assert.Empty(
            new StorageOptions
            {
                Engine = engine,
                ConnectionString = "mongodb://mongo:27017/?replicaSet=rs0",
                Database = "connections",
            }.Validate()
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("Oracle")]
    public void Validate_UnknownEngine_NamesTheSetting(string engine)
    {
        var options = new StorageOptions { Engine = engine, Path = "x.db" };

        Assert.Null(options.Kind);
        Assert.StartsWith(
            "Storage:Engine must be Sqlite or MongoDb",
            Assert.Single(options.Validate())
        );
    }

    [Fact]
    public void Validate_WrongConnectionString_IsNotRepeated()
    {
        var options = new StorageOptions
        {
            Engine = "MongoDb",
            ConnectionString = "user:secret@mongo",
            Database = "connections",
        };

        Assert.DoesNotContain("secret", Assert.Single(options.Validate()));
    }
}
