using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Tls;

/// <summary>
/// What files hold, read again when one of them changed. It is looked at when it is asked for, once an interval at most: a handshake asks,
/// and nobody needs it sooner. Files that cannot be read leave what was there.
/// </summary>
/// <param name="setting">What the files are called in the configuration, for messages.</param>
/// <param name="files">The files.</param>
/// <param name="read">Reads them.</param>
/// <param name="interval">How often they are looked at, at most.</param>
internal sealed partial class WatchedFiles<T>(
    string setting,
    IReadOnlyList<string> files,
    Func<T> read,
    TimeSpan interval,
    TimeProvider time,
    ILogger logger
)
    where T : class
{
    private readonly Lock _gate = new();
    private T? _value;
    private string _state = "";
    private long _looked;

    /// <summary>What they hold.</summary>
    /// <exception cref="OptionsValidationException">They cannot be read, and never could be.</exception>
    public T Value
    {
        get
        {
            // what was replaced is still in the hands of handshakes under way, so nothing here is disposed of
            lock (_gate)
            {
                if (_value is null || time.GetElapsedTime(_looked) >= interval)
                {
                    Look();
                    _looked = time.GetTimestamp();
                }
                return _value!;
            }
        }
    }

    private void Look()
    {
        try
        {
            // by what they hold: times say little where another file is put behind the same name, as Kubernetes does
            var state = string.Join(
                '|',
                files.Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))
            );
            if (state == _state)
            {
                return;
            }
            var isFirst = _value is null;
            _value = read();
            _state = state;
            if (!isFirst)
            {
                LogReloaded(setting);
            }
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            if (_value is null)
            {
                throw new OptionsValidationException(
                    setting,
                    typeof(TlsOptions),
                    [$"{setting} cannot be read: {exception.Message}"]
                );
            }
            // a certificate and its key are two files, and may be found half replaced: the next look mends that
            LogNotReloaded(setting, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Setting} changed and was read again.")]
    private partial void LogReloaded(string setting);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Setting} changed and cannot be read, so the one before is used: {Problem}"
    )]
    private partial void LogNotReloaded(string setting, string problem);
}
