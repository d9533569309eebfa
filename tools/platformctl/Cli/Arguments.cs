using System.CommandLine;
using System.Globalization;

namespace Platform.Ctl.Cli;

/// <summary>Arguments and options that several commands share.</summary>
public static class Arguments
{
    public static Argument<string> Member(string name, string description) =>
        new(name) { Description = description };

    public static Argument<string> Text(string name, string description) =>
        new(name) { Description = description };

    /// <summary>How many entries a list prints. Lists say on stderr when there are more.</summary>
    public static Option<int> Limit(int fallback)
    {
        var limit = new Option<int>("--limit")
        {
            Description = "How many to print at most; 0 prints all",
            HelpName = "N",
            DefaultValueFactory = _ => fallback,
        };
        WithRange(limit, 0, int.MaxValue, "--limit takes 0 or more.");
        return limit;
    }

    /// <summary>One of a few words, or nothing.</summary>
    public static Option<string?> Choice(
        string name,
        string description,
        IReadOnlyCollection<string> values
    )
    {
        var option = new Option<string?>(name)
        {
            Description = description,
            HelpName = string.Join('|', values),
        };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }

    /// <summary>Refuses numbers outside a range; what is no number is refused by the conversion.</summary>
    public static void WithRange(Option option, double from, double to, string message) =>
        option.Validators.Add(result =>
        {
            if (
                result.Tokens.Count > 0
                && double.TryParse(
                    result.Tokens[0].Value,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                && !(number >= from && number <= to)
            )
            {
                result.AddError(message);
            }
        });
}
