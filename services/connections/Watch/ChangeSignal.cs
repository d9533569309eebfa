using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Watch;

/// <summary>Raised when this process has stored a change of a pair, so that its watchers hear of it at once and not at the next look.</summary>
public sealed class ChangeSignal : Signal;
