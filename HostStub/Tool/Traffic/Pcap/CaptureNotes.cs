using System.Globalization;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>What a user should know about a capture that is replayed, a sentence or two each.</summary>
internal static class CaptureNotes
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>A gap longer than this is told: ten seconds.</summary>
    private const long ToldGapNs = 10 * NsPerSecond;

    /// <summary>The notes on a capture.</summary>
    public static IReadOnlyList<string> Of(PcapTrace trace)
    {
        CaptureFacts facts = trace.Facts;
        string of = $"of {Text(facts.Packets)} packets";
        List<string> notes = [];
        if (trace.Damage is string damage)
        {
            notes.Add($"The capture ends early: after packet {Text(facts.Packets)} it is cut off or damaged ({damage}). The packets before are replayed whole.");
        }

        Add(facts.Cut, $"{of} were cut by the snap length of the capture, to at most {facts.LongestCut} bytes: they are sent as captured, and a forwarder drops them (bad_total_length, truncated). Capture whole packets: tcpdump -s 0.");
        Add(facts.Backward, $"{of} are stamped earlier than one ahead of them: each is sent together with the packet ahead of it. Sort them by time: reordercap FILE SORTED.");
        Add(trace.StrangeTimes, $"{of} have a time stamp before 1970, behind 2242, or with a fraction above a second: the nearest time is used.");
        Add(facts.Overlong, $"{of} say that more bytes of them were captured than were on the wire: all captured bytes are sent.");
        Add(facts.Empty, $"{of} have no byte: they are sent so, and a forwarder drops them as truncated.");
        if (trace.IsMadeUp)
        {
            notes.Add($"The capture's link type is {trace.LinkName}: every packet was given an Ethernet header, from 02:00:00:00:00:01 (or the sender's address, where the capture names it) to 02:00:00:00:00:02.");
        }

        Add(facts.Tagged, $"{of} carry a VLAN tag, which the sample forwarder drops as not_ipv4. Take the tags off: tcprewrite --enet-vlan=del.");
        Add(facts.Ipv6Frames, $"{of} are IPv6, which the sample forwarder drops as not_ipv4.");
        Add(facts.WithoutLength, $"{of} have an IPv4 total length of 0, as a host that leaves segmentation to its NIC records them; a forwarder drops them as bad_total_length. Capture with it off: ethtool -K DEV tso off gso off.");
        if (facts.LongestGapNs > ToldGapNs)
        {
            notes.Add($"The longest gap, {Time(facts.LongestGapNs)} as recorded, stands before packet {Text(facts.PacketAfterGap)}. --pcap-speed shortens it, --duration ends the replay.");
        }

        return notes;

        void Add(long count, string sentence)
        {
            if (count > 0)
            {
                notes.Add($"{Text(count)} {sentence}");
            }
        }
    }

    /// <summary>A time for people, from ns to years.</summary>
    public static string Time(double ns) => ns switch
    {
        >= 365.25 * 86_400e9 => Unit(ns / (365.25 * 86_400e9), "years"),
        >= 2 * 86_400e9 => Unit(ns / 86_400e9, "days"),
        >= 2 * 3_600e9 => Unit(ns / 3_600e9, "hours"),
        >= 120e9 => Unit(ns / 60e9, "minutes"),
        >= 1e9 => Unit(ns / 1e9, "s"),
        >= 1e6 => Unit(ns / 1e6, "ms"),
        _ => Unit(ns / 1e3, "us"),
    };

    private static string Unit(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:#,0.##} {unit}");

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
