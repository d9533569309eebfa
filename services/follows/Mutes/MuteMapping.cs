using Google.Protobuf.WellKnownTypes;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Proto = Platform.Follows.V1;

namespace Platform.Follows.Mutes;

/// <summary>Between the contract and the domain.</summary>
internal static class MuteMapping
{
    public static Proto.Mute ToProto(this Mute mute) =>
        new()
        {
            Entity = mute.Entity.ToProto(),
            Scope = mute.Scope.ToProto(),
            EndTime = mute.End?.ToTimestamp(),
            CreateTime = mute.Since.ToTimestamp(),
        };

    public static Proto.MuteScope ToProto(this MuteScope scope) => (Proto.MuteScope)(int)scope;

    public static MuteScope ToDomain(this Proto.MuteScope scope) =>
        scope == Proto.MuteScope.Unspecified ? MuteScope.All : (MuteScope)(int)scope;
}
