namespace Platform.Ctl.Import;

/// <summary>Shows how far a long command is.</summary>
public interface IProgressView
{
    /// <summary>Runs <paramref name="work"/>, which calls its argument with the number of items it has just done.</summary>
    Task TrackAsync(string phase, int total, Func<Action<int>, Task> work);
}
