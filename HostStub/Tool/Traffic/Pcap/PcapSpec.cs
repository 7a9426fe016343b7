using PollScale.Notation;

namespace PollScale.HostStub.Traffic.Pcap;

/// <summary>A capture as traffic is named: <c>pcap:file=PATH,speed=2</c>.</summary>
internal sealed record PcapSpec
{
    private const string Kind = "pcap";

    private static readonly SettingList<PcapSpec> s_settings = new(Kind, new PcapSpec(),
    [
        new TextSetting<PcapSpec>("file", "the capture", "the path of a capture", s => s.File, (s, v) => s with { File = v }),
        new NumberSetting<PcapSpec>("speed", "speed of the replay", Quantity.FactorOrMax, 1e-3, 1e6, s => s.Speed, (s, v) => s with { Speed = v }),
    ]);

    /// <summary>Path of the capture.</summary>
    public string File { get; init; } = "";

    /// <summary>1 = as recorded, 2 = twice as fast; infinity = as fast as there is room.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Whether a text names a capture.</summary>
    public static bool Is(string text) => SpecText.Split(text).Name.Equals(Kind, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a text that names a capture.</summary>
    /// <exception cref="TrafficFormatException">A part of it is not valid; the message names it.</exception>
    public static PcapSpec Parse(string text) =>
        s_settings.Read(s_settings.Standard, SpecText.Split(text).Options, double.NaN, out PcapSpec spec) is string complaint ? throw new TrafficFormatException(complaint)
        : spec.File.Length == 0 ? throw new TrafficFormatException("pcap needs file=PATH, the path of a capture.")
        : spec;
}
