namespace PollScale.HostStub.Report;

/// <summary>The first lines of a run for people.</summary>
internal static class HeaderText
{
    public static void Write(TextWriter output, RunHeader header)
    {
        string mode = header.Mode == "process" ? "as a plain process (no VM)" : "in a micro-VM";
        string priority = header.Priority switch { "realtime" => ", real-time", "nice" => ", nice -20", _ => "" };
        output.WriteLine($"{SafeText.Line(header.Guest)} {mode} on CPU {header.Cpu}{priority}; calls through the {header.Doorbell}; traffic and reports on CPU {header.HousekeepingCpu}");
        string traffic = header.Traffic == "none" ? "" : $"traffic {SafeText.Line(header.Traffic)}, ring of {header.Ring}; ";
        output.WriteLine($"{traffic}{header.FrequenciesMhz.Count} {header.PStates} P-states, {Human.Round(header.FrequenciesMhz[0])} to {Human.Round(header.FrequenciesMhz[^1])} MHz ({header.PStateTable})");
        if (header.Capture is { } capture)
        {
            string replay = capture.ReplayText is string time ? $"the replay takes {time}" : "replayed as fast as the rings have room";
            output.WriteLine($"capture of {Human.Count(capture.Packets)} packets ({SafeText.Line(capture.LinkType)}, longest frame {Human.Count((long)capture.LongestFrame)} bytes) over {capture.RecordedText}; {replay}");
        }

        output.Flush();
    }
}
