using PollScale.HostStub.Daemon;
using PollScale.HostStub.Report;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Serve.Reports;

/// <summary>The table of channels.</summary>
internal static class ServeTable
{
    public static IRenderable Draw(ServeLine what, string? message = null)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns("guest", "vCPU", "pCPU", "endpoint", "control", "bounds", "state", "requests", "ack", "nack", "resync", "dropped", "p50", "p99");
        for (int column = 7; column < table.Columns.Count; column++)
        {
            table.Columns[column].RightAligned();
        }

        foreach (ChannelSnapshot channel in what.Channels)
        {
            table.AddRow(
                Markup.Escape(SafeText.Line(channel.Guest)),
                $"{channel.Vcpu}",
                channel.Pcpu is int pCpu ? $"{pCpu}" : "-",
                Markup.Escape(SafeText.Line(channel.Endpoint)),
                channel.Control ? "yes" : "no",
                $"{Human.Count((long)channel.SlowestKhz / 1000)} to {Human.Count((long)channel.FastestKhz / 1000)} MHz",
                Markup.Escape(SafeText.Line(channel.Connected ? "connected" : channel.Problem ?? "waiting")),
                Human.Count(channel.Requests),
                Human.Count(channel.Acks),
                Human.Count(channel.Nacks),
                Human.Count(channel.Resyncs + channel.TornPackets),
                Human.Count(channel.DroppedReplies),
                Human.Microseconds(channel.LatencyUs.P50),
                Human.Microseconds(channel.LatencyUs.P99));
        }

        string all = $"{Human.Round(what.TimeS)} s; service latency of all channels: p50 {Human.Microseconds(what.LatencyUs.P50)}, p99 {Human.Microseconds(what.LatencyUs.P99)}";
        return message is null ? new Rows(table, new Text(all)) : new Rows(table, new Text(all), new Text(string.Join('\n', SafeText.Lines(message))));
    }
}
