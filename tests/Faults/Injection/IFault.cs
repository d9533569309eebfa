namespace Platform.Tests.Faults.Injection;

/// <summary>Something that goes wrong, and is put right again.</summary>
internal interface IFault
{
    /// <summary>What sort of fault it is, such as <c>kill -9</c>.</summary>
    string Kind { get; }

    /// <summary>What it happens to, such as <c>messaging-1</c>.</summary>
    string Subject { get; }

    /// <summary>Why it cannot be had here; null if it can.</summary>
    string? Problem => null;

    /// <summary>How long it lasts after it was injected.</summary>
    TimeSpan Length { get; }

    Task InjectAsync();

    /// <summary>Puts it right, as whoever operates the platform would; what then has to recover does so by itself.</summary>
    Task HealAsync();
}
