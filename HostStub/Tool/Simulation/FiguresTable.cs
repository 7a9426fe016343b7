using System.Globalization;
using PollScale.HostStub.Report;
using Spectre.Console;

namespace PollScale.HostStub.Simulation;

/// <summary>
/// Figures of several governors. Where they do not fit the console's width side by side, one table follows the other, each with some of
/// the columns: no number is ever folded.
/// </summary>
/// <param name="title">Title, above the first table.</param>
/// <param name="validity">Text of the last column.</param>
internal sealed class FiguresTable(string title, Func<Figures, string> validity)
{
    private const int LongestName = 32, Padding = 3;

    private readonly List<(string Governor, string[] Cells)> _rows = [];

    /// <summary>Names of the figures.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["E/oracle", "E/best", "most", "W", "saved", "valid", "p50 us", "p99 us", "p99.9 us", "max us", "lost", "excess", "calls/s", "idle", "changes/s", "in calls", "asleep"];

    /// <summary>Adds a governor.</summary>
    public void Add(Figures figures) => _rows.Add((SafeText.Line(figures.Governor), Cells(figures, validity)));

    /// <summary>The figures as texts, one a column.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="validity">Text of the column that says whether they are valid.</param>
    public static string[] Cells(Figures figures, Func<Figures, string> validity) =>
    [
        Ratio(figures.EnergyRatio),
        Ratio(figures.OverBest),
        Ratio(figures.MostOverBest),
        figures.Watts.ToString("0.00", CultureInfo.InvariantCulture),
        Human.Percent(figures.SavedShare * 100),
        validity(figures),
        Human.Round(figures.DelayUs.P50),
        Human.Round(figures.DelayUs.P99),
        Human.Round(figures.DelayUs.P999),
        Human.Round(figures.DelayUs.Max),
        Human.Count(figures.Lost),
        Human.Count(figures.ExcessLoss),
        Human.Round(figures.RequestsPerSecond),
        Human.Percent(figures.IdleRequestShare * 100),
        Human.Round(figures.TransitionsPerSecond),
        Human.Percent(figures.CallShare * 100),
        Human.Percent(figures.AsleepShare * 100),
    ];

    /// <summary>Writes it.</summary>
    public void Write(IAnsiConsole console)
    {
        string[] names = [.. _rows.Select(row => Folded(row.Governor))];
        int name = names.SelectMany(text => text.Split('\n')).Append("governor").Max(line => line.Length) + Padding;
        int[] widths = [.. Columns.Select((column, i) => _rows.Select(row => row.Cells[i].Length).Append(column.Length).Max() + Padding)];
        int first = 0;
        while (first < widths.Length)
        {
            int end = first + 1;
            for (int width = name + widths[first]; end < widths.Length && width + widths[end] <= console.Profile.Width; end++)
            {
                width += widths[end];
            }

            console.Write(Part(names, first, end));
            first = end;
        }
    }

    private static string Ratio(double? ratio) => ratio is double known ? known.ToString("0.000", CultureInfo.InvariantCulture) : "-";

    // Texts with many options break after a comma.
    private static string Folded(string governor)
    {
        List<string> lines = [""];
        string[] parts = governor.Split(',');
        for (int i = 0; i < parts.Length; i++)
        {
            string part = i + 1 < parts.Length ? parts[i] + "," : parts[i];
            if (lines[^1].Length > 0 && lines[^1].Length + part.Length > LongestName)
            {
                lines.Add("");
            }

            lines[^1] += part;
        }

        return string.Join('\n', lines);
    }

    private Table Part(string[] names, int first, int end)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.Title = first == 0 ? new TableTitle(Markup.Escape(SafeText.Line(title))) : null;
        table.AddColumn(new TableColumn("governor"));
        for (int column = first; column < end; column++)
        {
            table.AddColumn(new TableColumn(Columns[column]) { Alignment = Justify.Right, NoWrap = true });
        }

        for (int row = 0; row < _rows.Count; row++)
        {
            table.AddRow([Markup.Escape(names[row]), .. _rows[row].Cells[first..end].Select(Markup.Escape)]);
        }

        return table;
    }
}
