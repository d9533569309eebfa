using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Platform.Common.V1;

namespace Platform.ServiceDefaults.Idempotency;

/// <summary>Tells whether two requests with the same <c>request_id</c> ask for the same thing.</summary>
public static class RequestFingerprint
{
    /// <summary>The field that does not count: it names the request, it does not describe it.</summary>
    public const string RequestIdField = "request_id";

    private const string ActingField = "member_id";

    /// <summary>
    /// A fingerprint of the type and content of a request, without its <c>request_id</c> and without how fresh an answer must be,
    /// which a repetition may ask for anew; 32 hex digits.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="actingId">
    /// Who acts: part of the content, whether <c>member_id</c> or the token said it. Null to take the request at its word.
    /// </param>
    public static string Of(IMessage request, string? actingId = null)
    {
        var descriptor = request.Descriptor;
        var content = descriptor.Parser.ParseFrom(request.ToByteString());
        foreach (var field in descriptor.Fields.InFieldNumberOrder())
        {
            if (field.Name == RequestIdField || IsFreshness(field))
            {
                field.Accessor.Clear(content);
            }
            else if (actingId is not null && field.Name == ActingField)
            {
                field.Accessor.SetValue(content, actingId);
            }
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(
            [
                .. System.Text.Encoding.UTF8.GetBytes(descriptor.FullName),
                0,
                .. content.ToByteArray(),
            ],
            hash
        );
        return Convert.ToHexStringLower(hash[..16]);
    }

    private static bool IsFreshness(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && field.MessageType == Consistency.Descriptor;
}
