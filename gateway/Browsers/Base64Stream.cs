using System.Buffers;
using System.Buffers.Text;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Gateway.Browsers;

/// <summary>Writes each piece that it is given as a piece of base64, with its padding, as gRPC-Web allows.</summary>
internal sealed class Base64Stream(Stream inner) : WriteOnlyStream
{
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        var text = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(buffer.Length));
        try
        {
            Base64.EncodeToUtf8(buffer.Span, text, out _, out var written);
            await inner.WriteAsync(text.AsMemory(0, written), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        inner.FlushAsync(cancellationToken);
}
