namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>Stands for the end of the process: whoever called never hears anything.</summary>
public sealed class KilledException : Exception;
