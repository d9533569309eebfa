using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Platform.Common.V1;

namespace Platform.ServiceDefaults.Errors;

/// <summary>The gRPC status that carries each <see cref="ErrorReason"/>: the one place where the two meet.</summary>
public static class ErrorCatalog
{
    private static readonly FrozenDictionary<ErrorReason, StatusCode> Codes = new Dictionary<
        StatusCode,
        ErrorReason[]
    >
    {
        [StatusCode.InvalidArgument] =
        [
            ErrorReason.InvalidRequest,
            ErrorReason.InvalidPageToken,
            ErrorReason.RequestIdReused,
            ErrorReason.BatchTooLarge,
            ErrorReason.MemberIdRequired,
            ErrorReason.InvalidCursor,
            ErrorReason.InvalidRevision,
            ErrorReason.SelfInvitation,
            ErrorReason.GenericNote,
            ErrorReason.SelfBlock,
            ErrorReason.SelfRecommendation,
            ErrorReason.SameMember,
            ErrorReason.SelfFollow,
            ErrorReason.SelfConversation,
        ],
        [StatusCode.OutOfRange] = [ErrorReason.CursorExpired],
        [StatusCode.Unauthenticated] =
        [
            ErrorReason.CredentialsMissing,
            ErrorReason.CredentialsInvalid,
            ErrorReason.CredentialsExpired,
        ],
        [StatusCode.PermissionDenied] =
        [
            ErrorReason.ActingForAnother,
            ErrorReason.RoleRequired,
            ErrorReason.NotTheInvitee,
            ErrorReason.NotTheInviter,
            ErrorReason.ListHidden,
            ErrorReason.FollowersPrivate,
            ErrorReason.FollowingPrivate,
            ErrorReason.NotTheSender,
            ErrorReason.NotTheAuthor,
            ErrorReason.AuthorKind,
        ],
        [StatusCode.ResourceExhausted] =
        [
            ErrorReason.RateLimited,
            ErrorReason.StoreFull,
            ErrorReason.PayloadTooLarge,
            ErrorReason.InvitationQuota,
            ErrorReason.PendingQuota,
            ErrorReason.ConnectionLimit,
            ErrorReason.BlockLimit,
            ErrorReason.FollowLimit,
            ErrorReason.FollowRate,
            ErrorReason.ConversationFull,
            ErrorReason.MessageRate,
            ErrorReason.PostRate,
        ],
        [StatusCode.Unavailable] =
        [
            ErrorReason.RevisionNotReached,
            ErrorReason.DependencyUnavailable,
            ErrorReason.StoreUnavailable,
            ErrorReason.SlowConsumer,
            ErrorReason.ShuttingDown,
            ErrorReason.NetworkNotReady,
        ],
        [StatusCode.DeadlineExceeded] = [ErrorReason.DeadlineExceeded],
        [StatusCode.Cancelled] = [ErrorReason.Cancelled],
        [StatusCode.Aborted] = [ErrorReason.Contention],
        [StatusCode.Internal] = [ErrorReason.Internal],
        [StatusCode.Unimplemented] = [ErrorReason.NotImplemented],
        [StatusCode.NotFound] =
        [
            ErrorReason.RouteUnknown,
            ErrorReason.InvitationNotFound,
            ErrorReason.RecommendationNotFound,
            ErrorReason.ConversationNotFound,
            ErrorReason.MessageNotFound,
            ErrorReason.PostNotFound,
        ],
        [StatusCode.FailedPrecondition] =
        [
            ErrorReason.MemberDeleted,
            ErrorReason.ImportConflict,
            ErrorReason.AlreadyConnected,
            ErrorReason.AlreadyInvited,
            ErrorReason.InvitationNotPending,
            ErrorReason.CoolDown,
            ErrorReason.NotInvitable,
            ErrorReason.ReminderTooEarly,
            ErrorReason.ReminderAlreadySent,
            ErrorReason.NotConnected,
            ErrorReason.UndoExpired,
            ErrorReason.NotBlocked,
            ErrorReason.BlockTooSoon,
            ErrorReason.NotFirstDegree,
            ErrorReason.RecommendationState,
            ErrorReason.RecommendationExists,
            ErrorReason.NotFollowable,
            ErrorReason.NotFollowing,
            ErrorReason.NotAFollower,
            ErrorReason.NotMuted,
            ErrorReason.EditWindowClosed,
            ErrorReason.MessageDeleted,
            ErrorReason.NotReachable,
            ErrorReason.NotAGroup,
        ],
    }
        .SelectMany(group => group.Value.Select(reason => (reason, group.Key)))
        .ToFrozenDictionary(pair => pair.reason, pair => pair.Key);

    private static readonly FrozenDictionary<ErrorReason, string> Names = ErrorsReflection
        .Descriptor.EnumTypes.Single(type => type.Name == nameof(ErrorReason))
        .Values.ToFrozenDictionary(
            value => (ErrorReason)value.Number,
            value => value.Name["ERROR_REASON_".Length..]
        );

    /// <summary>The status code that carries <paramref name="reason"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The reason has no entry; a test keeps the table complete.</exception>
    public static StatusCode StatusCodeOf(ErrorReason reason) =>
        Codes.TryGetValue(reason, out var code)
            ? code
            : throw new ArgumentOutOfRangeException(
                nameof(reason),
                reason,
                "No status code is assigned."
            );

    /// <summary>Whether a reason says that something is away for now.</summary>
    public static bool IsUnavailable(ErrorReason reason) =>
        Codes.TryGetValue(reason, out var code) && code == StatusCode.Unavailable;

    /// <summary>The name that travels in ErrorInfo, for example <c>NOT_FIRST_DEGREE</c>.</summary>
    public static string NameOf(ErrorReason reason) => Names[reason];

    /// <summary>The reason of a name from ErrorInfo; unspecified for a name this build does not know.</summary>
    public static ErrorReason ReasonOf(string name)
    {
        EnumValueDescriptor? value = ErrorsReflection
            .Descriptor.EnumTypes.Single(type => type.Name == nameof(ErrorReason))
            .FindValueByName($"ERROR_REASON_{name}");
        return value is null ? ErrorReason.Unspecified : (ErrorReason)value.Number;
    }
}
