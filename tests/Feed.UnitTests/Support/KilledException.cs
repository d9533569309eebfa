namespace Platform.Tests.Feed.UnitTests.Support;

/// <summary>Stands for the end of the process.</summary>
public sealed class KilledException() : Exception("The process ended here.");
