using System.Security.Cryptography;
using Google.Protobuf;

namespace Platform.ServiceDefaults.Idempotency;

/// <summary>Tells whether two requests with the same <c>request_id</c> ask for the same thing.</summary>
public static class RequestFingerprint
{
    /// <summary>The field that does not count: it names the request, it does not describe it.</summary>
    public const string RequestIdField = "request_id";

    /// <summary>A fingerprint of the type and content of a request, without its <c>request_id</c>; 32 hex digits.</summary>
    public static string Of(IMessage request)
    {
        var descriptor = request.Descriptor;
        var content = descriptor.Parser.ParseFrom(request.ToByteString());
        descriptor.FindFieldByName(RequestIdField)?.Accessor.Clear(content);
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
}
