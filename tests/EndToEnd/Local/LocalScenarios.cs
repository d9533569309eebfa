using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The scenarios on deploy/local.</summary>
public sealed class LocalScenarios(LocalFixture local) : PlatformScenarios(local.Platform);
