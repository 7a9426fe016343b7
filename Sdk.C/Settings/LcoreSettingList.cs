using PollScale.Governors;
using PollScale.Notation;
using PollScale.Shadow;

namespace PollScale.C.Settings;

/// <summary>The settings of <c>pollscale_create</c>: <c>name=value name=value</c>, blanks between them.</summary>
internal static class LcoreSettingList
{
    private const double Microsecond = 1e6;
    private const string OfSyntheticCore = "a synthetic server core's";
    private static readonly char[] s_blanks = [' ', '\t', '\n', '\r'];

    /// <summary>Each of them.</summary>
    public static SettingList<LcoreSettings> List { get; } = new("pollscale_create", new LcoreSettings(),
    [
        new ChoiceSetting<LcoreSettings, TransportWay>("transport", "way to whoever changes the frequency", [
            ("auto", TransportWay.Auto), ("hypercall", TransportWay.Hypercall), ("port", TransportWay.Port), ("mmio", TransportWay.Mmio),
            ("region", TransportWay.Region), ("region-hypercall", TransportWay.RegionHypercall), ("guest-channel", TransportWay.GuestChannel),
            ("cpufreq", TransportWay.Cpufreq), ("loopback", TransportWay.Loopback), ("shadow", TransportWay.Shadow),
        ], s => s.Transport, (s, v) => s with { Transport = v }),
        new TextSetting<LcoreSettings>("port", "device of the guest channel; found by the CPU's number where none is given", "a path", s => s.Port, (s, v) => s with { Port = v }),
        new TextSetting<LcoreSettings>("root", "folder that stands for / where devices and cpufreq are looked for", "a path", s => s.Root, (s, v) => s with { Root = v }),
        new NumberSetting<LcoreSettings>("reply-timeout", "longest wait for an answer over the page or the guest channel", Quantity.Time, 10 * Microsecond, 1e13, s => s.ReplyTimeout, (s, v) => s with { ReplyTimeout = v }),
        new TextSetting<LcoreSettings>("governor", "governor with its options, as hoststub simulate --list shows them", "name:option=value,option=value", s => s.Governor, (s, v) => s with { Governor = v }),
        Count("queues", "rx queues that are polled in turn", 1, LcoreScalerOptions.MostQueues, s => s.Queues, (s, v) => s with { Queues = v }),
        Count("ring-size", "descriptors of each rx ring", LcoreScalerOptions.LeastRing, LcoreScalerOptions.MostRing, s => s.RingSize, (s, v) => s with { RingSize = v }),
        Count("burst-size", "most packets of a poll", 1, LcoreScalerOptions.MostBurst, s => s.BurstSize, (s, v) => s with { BurstSize = v }),
        new NumberSetting<LcoreSettings>("decision-period", "time between decisions", Quantity.Time, Picoseconds(LcoreScalerOptions.ShortestPeriod), Picoseconds(LcoreScalerOptions.LongestPeriod), s => s.DecisionPeriod, (s, v) => s with { DecisionPeriod = v }),
        new ChoiceSetting<LcoreSettings, ThreadPinning>("pinning", "a thread that is not pinned is refused, pinned, or left", [
            ("require", ThreadPinning.Require), ("pin", ThreadPinning.Pin), ("ignore", ThreadPinning.Ignore),
        ], s => s.Pinning, (s, v) => s with { Pinning = v }),
        new NumberSetting<LcoreSettings>("cpu", "CPU that the thread has to be on", Quantity.Count, 0, LcoreScalerOptions.MostCpus - 1, s => s.Cpu, (s, v) => s with { Cpu = v }) { Unit = "", Unset = "any" },
        new ChoiceSetting<LcoreSettings, WaitMechanism>("wait-by", "how pollscale_idle() waits", [("sleep", WaitMechanism.Sleep), ("pause", WaitMechanism.Pause), ("tpause", WaitMechanism.Tpause), ("event", WaitMechanism.Event)], s => s.WaitBy, (s, v) => s with { WaitBy = v }),
        new NumberSetting<LcoreSettings>("wait-descriptor", "descriptor that can be read when packets have come, for wait-by=event", Quantity.Count, 0, int.MaxValue, s => s.WaitDescriptor, (s, v) => s with { WaitDescriptor = v }) { Unit = "", Unset = "none" },
        new NumberSetting<LcoreSettings>("peak", "highest arrival rate over all queues, for the certificates; 0 is unknown", Quantity.PacketsPerSecond, 0, LcoreScalerOptions.MostPeak, s => s.Peak, (s, v) => s with { Peak = v }),
        new NumberSetting<LcoreSettings>("packet-cycles", "cycles that a packet costs at most, for the certificates", Quantity.Number, 0, LcoreScalerOptions.MostPacketCost, s => s.PacketCycles, (s, v) => s with { PacketCycles = v }),
        new NumberSetting<LcoreSettings>("packet-ns", "nanoseconds of memory that a packet costs beside them", Quantity.Number, 0, LcoreScalerOptions.MostPacketCost, s => s.PacketNs, (s, v) => s with { PacketNs = v }),
        new NumbersSetting<LcoreSettings>("shadow-khz", "kHz/kHz/.., falling", OfSyntheticCore, "frequencies of the core that transport=shadow follows", s => s.ShadowKHz, (s, v) => s with { ShadowKHz = v }),
        new NumbersSetting<LcoreSettings>("shadow-watts", "W/W/.., falling, one a frequency", OfSyntheticCore, "its power at each, while it polls", s => s.ShadowWatts, (s, v) => s with { ShadowWatts = v }),
        new NumberSetting<LcoreSettings>("shadow-latency", "time from its calls to their effect", Quantity.Time, 0, Picoseconds(ShadowOptions.LongestLatency), s => s.ShadowLatency, (s, v) => s with { ShadowLatency = v }),
        new NumberSetting<LcoreSettings>("shadow-call-time", "time that each of its calls takes", Quantity.Time, 0, Picoseconds(ShadowOptions.LongestCall), s => s.ShadowCallTime, (s, v) => s with { ShadowCallTime = v }),
    ]);

    /// <summary>Reads a text.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says what would be right.</exception>
    public static LcoreSettings Read(string text)
    {
        string? error = List.Read(List.Standard, text.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries).Select(SpecText.Part), double.NaN, out LcoreSettings settings);
        error ??= GovernorCatalog.TryParse(settings.Governor, out _, out string? governor) ? null : governor;
        return error is null ? settings : throw new ArgumentException(error);
    }

    private static double Picoseconds(TimeSpan time) => time.TotalMicroseconds * Microsecond;

    private static NumberSetting<LcoreSettings> Count(string name, string summary, int least, int most, Func<LcoreSettings, int> get, Func<LcoreSettings, int, LcoreSettings> with) =>
        new(name, summary, Quantity.Count, least, most, s => get(s), (s, v) => with(s, (int)v)) { Unit = "" };
}
