using System.Buffers.Binary;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Platform.Tests.EndToEnd;

/// <summary>The services of OTLP over gRPC, served by hand: the packages of the contract have clients only.</summary>
internal static class OtlpExport
{
    // gRPC puts a flag and a length before each message
    private const int Prefix = 5;

    /// <summary>Takes every export, and answers it with an empty message.</summary>
    /// <param name="app">What serves it, over HTTP/2.</param>
    /// <param name="take">Given the signal (<c>trace</c>, <c>metrics</c> or <c>logs</c>) and the message.</param>
    public static void MapOtlp(this WebApplication app, Action<string, byte[]> take) =>
        app.MapPost(
            "/opentelemetry.proto.collector.{signal}.v1.{service}/Export",
            async (HttpContext context, string signal) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                var frame = body.ToArray();
                var length = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1));
                take(signal, frame[Prefix..(Prefix + length)]);
                context.Response.ContentType = "application/grpc";
                context.Response.DeclareTrailer("grpc-status");
                await context.Response.Body.WriteAsync(new byte[Prefix]);
                context.Response.AppendTrailer("grpc-status", "0");
            }
        );
}
