namespace Platform.Tests.EndToEnd.Containers;

/// <summary>One after the other: a test that kills a service must not do it under another's feet.</summary>
[CollectionDefinition(Name)]
public static class ContainerCollection
{
    public const string Name = "containers";
}
