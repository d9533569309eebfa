using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Platform.Testing;

/// <summary>Notes what the meters of one factory measure: nothing of other tests of the process is among it.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();
    private readonly ConcurrentQueue<Meter> _meters = new();
    private readonly MeterListener _listener = new();

    /// <param name="of">Whose meters; those that this factory makes when null.</param>
    public TestMeters(IMeterFactory? of = null)
    {
        var scope = of ?? this;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == scope)
            {
                _instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(Note);
        _listener.SetMeasurementEventCallback<int>(Note);
        _listener.SetMeasurementEventCallback<double>(Note);
        _listener.Start();
    }

    /// <inheritdoc />
    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Enqueue(meter);
        return meter;
    }

    /// <summary>An instrument that was made.</summary>
    public Instrument Instrument(string name) => _instruments[name];

    /// <summary>All that a counter was given.</summary>
    /// <param name="instrument">Its name.</param>
    /// <param name="tag">The value of its one tag; null for a counter without.</param>
    public double Sum(string instrument, string? tag = null) =>
        Of(instrument, tag).Sum(measured => measured.Value);

    /// <summary>What a gauge shows now, or showed last; null if it never did.</summary>
    /// <param name="instrument">Its name.</param>
    /// <param name="tag">The value of its one tag; null for a gauge without.</param>
    public double? Latest(string instrument, string? tag = null)
    {
        _listener.RecordObservableInstruments();
        return Of(instrument, tag).LastOrDefault()?.Value;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
        {
            meter.Dispose();
        }
    }

    private IEnumerable<Measured> Of(string instrument, string? tag) =>
        _measured.Where(measured => measured.Instrument == instrument && measured.Tag == tag);

    private void Note<T>(
        Instrument instrument,
        T value,
        ReadOnlySpan<KeyValuePair<string, object?>> tags,
        object? state
    )
        where T : struct, IConvertible =>
        _measured.Enqueue(
            new Measured(
                instrument.Name,
                value.ToDouble(CultureInfo.InvariantCulture),
                tags.IsEmpty ? null : tags[0].Value?.ToString()
            )
        );

    private sealed record Measured(string Instrument, double Value, string? Tag);
}
