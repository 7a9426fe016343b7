using PollScale.HostStub.Report;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PollScale.HostStub.Daemon.Reports;

/// <summary>The table of channels.</summary>
internal static class ServeTable
{
    public static IRenderable Draw(ServeEvent what)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns("guest", "vCPU", "endpoint", "state", "requests", "ack", "nack", "resync", "dropped", "p50", "p99");
        for (int column = 4; column < table.Columns.Count; column++)
        {
            table.Columns[column].RightAligned();
        }

        foreach (ChannelSnapshot channel in what.Channels)
        {
            table.AddRow(
                Markup.Escape(SafeText.Line(channel.Guest)),
                $"{channel.Vcpu}",
                Markup.Escape(SafeText.Line(channel.Endpoint)),
                Markup.Escape(SafeText.Line(channel.Connected ? "connected" : channel.Problem ?? "waiting")),
                Human.Count(channel.Requests),
                Human.Count(channel.Acks),
                Human.Count(channel.Nacks),
                Human.Count(channel.Resyncs + channel.TornPackets),
                Human.Count(channel.DroppedReplies),
                Human.Microseconds(channel.LatencyP50Us),
                Human.Microseconds(channel.LatencyP99Us));
        }

        string all = $"{Human.Round(what.TimeS)} s; service latency of all channels: p50 {Human.Microseconds(what.LatencyP50Us)}, p99 {Human.Microseconds(what.LatencyP99Us)}";
        return new Rows(table, new Text(all));
    }
}
