using Platform.Follows.Entities;

namespace Platform.Follows.Storage;

/// <summary>A wish to mute, or to mute no more.</summary>
/// <param name="Member">Who mutes.</param>
/// <param name="Entity">What.</param>
/// <param name="Scope">What of it; null to mute it no more.</param>
/// <param name="End">When it ends by itself; null for never.</param>
/// <param name="RequestId">Names the request of the member; empty for none.</param>
/// <param name="Fingerprint">Of the request's content.</param>
public sealed record MuteChange(
    string Member,
    Followable Entity,
    MuteScope? Scope,
    DateTimeOffset? End,
    string RequestId = "",
    string Fingerprint = ""
);
