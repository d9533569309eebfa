using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Platform.Ctl.Cli;

/// <summary>
/// Where a command writes. Results go to <see cref="Out"/>; progress, notes and errors to <see cref="Error"/>, so that
/// the output of any command can be piped.
/// </summary>
public sealed class CliConsole(
    TextWriter output,
    TextWriter error,
    bool outIsTerminal,
    bool errorIsTerminal,
    TextReader? input = null
)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // The reader is a terminal or a pipe, never a page: text stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public TextWriter Out { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>What is typed, or piped in; nothing unless a command reads it.</summary>
    public TextReader Input { get; } = input ?? TextReader.Null;

    /// <summary>Whether a progress bar can be drawn on <see cref="Error"/>.</summary>
    public bool CanDrawProgress => errorIsTerminal;

    public static CliConsole ForProcess() =>
        new(
            Console.Out,
            Console.Error,
            !Console.IsOutputRedirected,
            !Console.IsErrorRedirected,
            Console.In
        );

    /// <summary>One line of JSON, in snake case, without absent values.</summary>
    public void WriteJson(object value) =>
        Out.WriteLine(JsonSerializer.Serialize(value, value.GetType(), Json));

    public void WriteLine(string text) => Out.WriteLine(Printable(text));

    /// <summary>Something the reader should know that is not the result.</summary>
    public void WriteNote(string text) => Error.WriteLine("note: " + Printable(text));

    public void WriteError(
        string reason,
        string message,
        string? field = null,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        List<string> details = string.IsNullOrEmpty(field) ? [] : [$"field: {field}"];
        details.AddRange(
            (metadata ?? new Dictionary<string, string>())
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}: {pair.Value}")
        );
        var suffix = details.Count == 0 ? "" : $" ({string.Join(", ", details)})";
        Error.WriteLine(Printable($"error: {reason}: {message}{suffix}"));
    }

    /// <summary>A table: fitted to a terminal, or a line a row for whatever else reads it.</summary>
    public void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<string[]> cells =
        [
            [.. columns.Select(column => column.ToUpperInvariant())],
            .. rows.Select(row => row.Select(Printable).ToArray()),
        ];
        if (outIsTerminal)
        {
            WriteFitted(cells);
        }
        else
        {
            WriteLines(cells);
        }
    }

    private void WriteFitted(List<string[]> cells)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in cells[0])
        {
            table.AddColumn(new TableColumn(new Text(column)).NoWrap().Padding(0, 0, 2, 0));
        }

        // The last column holds the longest text, and may wrap on a narrow terminal.
        table.Columns[^1].NoWrap = false;
        foreach (var row in cells.Skip(1))
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        Ansi(Out, outIsTerminal).Write(table);
    }

    private void WriteLines(List<string[]> cells)
    {
        var widths = cells[0].Select((_, column) => cells.Max(row => row[column].Length)).ToArray();
        foreach (var row in cells)
        {
            var line = string.Join(
                "  ",
                row.Select((cell, column) => cell.PadRight(widths[column]))
            );
            Out.WriteLine(line.TrimEnd().Replace('\n', ' '));
        }
    }

    /// <summary>The console on which a progress bar is drawn; only when <see cref="CanDrawProgress"/>.</summary>
    public IAnsiConsole ProgressConsole() => Ansi(Error, errorIsTerminal);

    private static IAnsiConsole Ansi(TextWriter writer, bool terminal)
    {
        return AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
            }
        );
    }

    /// <summary>
    /// Texts were written by other members: what would move the cursor or recolour the terminal of whoever reads them
    /// is shown as U+FFFD.
    /// </summary>
    private static string Printable(string text)
    {
        if (!text.Any(IsUnprintable))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            clean.Append(IsUnprintable(c) ? '\uFFFD' : c);
        }

        return clean.ToString();
    }

    private static bool IsUnprintable(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t'))
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
