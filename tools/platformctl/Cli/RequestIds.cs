namespace Platform.Ctl.Cli;

/// <summary>Request ids of commands that a person types: each run is a request of its own.</summary>
public static class RequestIds
{
    public static string New() => Guid.CreateVersion7().ToString();
}
