using PollScale.HostStub.Daemon;
using PollScale.HostStub.Operate.Protocol;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Report;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Operate;

/// <summary>The table of vCPUs. Where it is too wide, columns are left out, the least needed first; where it is too long, the rest is counted.</summary>
internal static class StatusTable
{
    private const int Around = 3, Edge = 1, LongestText = 60;

    // The rank says which goes first where there is no room: the highest.
    private static readonly Column[] s_columns =
    [
        new("guest", 0, false, row => row.Vcpu.Guest),
        new("vCPU", 1, true, row => $"{row.Vcpu.Vcpu}"),
        new("pCPU", 8, true, row => row.Vcpu.Pcpu is int pCpu ? $"{pCpu}" : "-"),
        new("channel", 6, false, row => Channels(row.Vcpu)),
        new("wish", 5, true, row => Mhz(row.Vcpu.WishedKhz)),
        new("granted", 4, true, row => Mhz(row.Vcpu.GrantedKhz)),
        new("real", 2, true, row => Mhz(row.Vcpu.RealKhz)),
        new("why", 3, false, row => Why(row.Vcpu)),
        new("for", 11, true, row => Human.Nanoseconds(row.Vcpu.DecidedS * 1e9)),
        new("calls", 10, true, row => Human.Count(row.Vcpu.Calls)),
        new("calls/s", 7, true, row => Human.Round(row.CallsPerS)) { IsRate = true },
        new("refused", 9, true, row => Human.Count(row.Vcpu.Refused)),
        new("refused/s", 12, true, row => Human.Round(row.RefusedPerS)) { IsRate = true },
        new("p99", 13, true, row => Human.Microseconds(row.Vcpu.Channels.Max(channel => channel.LatencyUs.P99))),
    ];

    /// <summary>Draws it.</summary>
    /// <param name="rows">The vCPUs, in their order.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="height">Lines there are for it, its frame among them; null for all it takes.</param>
    /// <param name="rates">With rates.</param>
    public static IRenderable Draw(IReadOnlyList<StatusRow> rows, int width, int? height = null, bool rates = false)
    {
        const int Frame = 4, Rest = 1; // lines beside those of vCPUs
        int fit = height is not int lines || rows.Count <= lines - Frame ? rows.Count : Math.Max(1, lines - Frame - Rest);
        string[][] cells = [.. rows.Take(fit).Select(row => s_columns.Select(column => Cut(column.Text(row))).ToArray())];
        bool[] shown = Fit(cells, width, rates);
        Table table = new Table().Border(TableBorder.Rounded);
        for (int i = 0; i < s_columns.Length; i++)
        {
            if (shown[i])
            {
                TableColumn column = new TableColumn(s_columns[i].Name).NoWrap();
                table.AddColumn(s_columns[i].IsNumber ? column.RightAligned() : column);
            }
        }

        for (int i = 0; i < cells.Length; i++)
        {
            Style style = rows[i].HasTrouble ? new Style(Color.Red) : rows[i].IsHeld ? new Style(Color.Yellow) : Style.Plain;
            table.AddRow(cells[i].Where((_, column) => shown[column]).Select(text => new Text(text, style) { Overflow = Overflow.Ellipsis }));
        }

        return fit == rows.Count ? table : new Rows(table, new Text($"and {Human.Count((long)rows.Count - fit)} more vCPUs, for which there is no room"));
    }

    private static bool[] Fit(string[][] cells, int width, bool rates)
    {
        bool[] shown = [.. s_columns.Select(column => rates || !column.IsRate)];
        int[] widths = [.. s_columns.Select((column, i) => Math.Max(column.Name.Length, cells.Length == 0 ? 0 : cells.Max(row => row[i].Length)))];
        for (int rank = s_columns.Max(column => column.Rank); rank > 0 && Total() > width; rank--)
        {
            int least = Array.FindIndex(s_columns, column => column.Rank == rank);
            shown[least] = false;
        }

        return shown;

        int Total() => Edge + widths.Where((_, i) => shown[i]).Sum(cell => cell + Around);
    }

    private static string Why(VcpuLine vcpu) => vcpu.Problems.FirstOrDefault() is string problem ? problem
        : vcpu.Why == AuditReason.None ? ""
        : vcpu.WhyText.Split(':')[0]; // what to do about it stands in status --json

    private static string Channels(VcpuLine vcpu) => vcpu.Channels.Count == 0 ? "-" : string.Join(", ", vcpu.Channels.Select(Channel).Distinct());

    private static string Channel(ChannelSnapshot channel) => $"{channel.Endpoint.Split(':')[0]}{(channel.Problem is not null ? " !" : channel.Connected ? "" : " (waiting)")}";

    private static string Mhz(uint? kHz) => kHz is uint known ? Human.Round(known / 1000.0) : "-";

    private static string Cut(string text) => SafeText.Line(text) is { Length: > LongestText } longer ? longer[..(LongestText - 1)] + "…" : SafeText.Line(text);

    private sealed record Column(string Name, int Rank, bool IsNumber, Func<StatusRow, string> Text)
    {
        public bool IsRate { get; init; }
    }
}
