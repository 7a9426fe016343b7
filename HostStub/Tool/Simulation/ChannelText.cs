using PollScale.Notation;
using PollScale.Simulation.Cores;

namespace PollScale.HostStub.Simulation;

/// <summary>Reads how requests reach the actuator.</summary>
internal static class ChannelText
{
    private const long LongestCall = 10 * SimTime.Millisecond;
    private const string DirectName = "direct", SerialName = "virtio-serial";

    private static readonly SettingList<VirtioSerial> s_serial = new(SerialName, new VirtioSerial(),
    [
        Time("turn", "busy delay of each turn of the daemon", SimTime.Microsecond, SimTime.Second, c => c.TurnTime, (c, v) => c with { TurnTime = v }),
        Time("write", "time for which the core writes", 0, LongestCall, c => c.WriteTime, (c, v) => c with { WriteTime = v }),
        Time("refusal", "time of a write that fails", 0, LongestCall, c => c.RefusalTime, (c, v) => c with { RefusalTime = v }),
        Time("sysfs", "time for which the daemon writes to sysfs", 0, LongestCall, c => c.SysfsTime, (c, v) => c with { SysfsTime = v }),
        new NumberSetting<VirtioSerial>("capacity", "messages that may wait", Quantity.Count, 1, 65536, c => c.Capacity, (c, v) => c with { Capacity = (int)v }) { Unit = "messages" },
        new ChoiceSetting<VirtioSerial, bool>("repeats", "sends l3fwd-power's requests that change nothing", [("on", true), ("off", false)], c => c.Repeats, (c, v) => c with { Repeats = v }),
    ]);

    /// <summary>Reads "direct", "direct:2us", "virtio-serial" or "virtio-serial:turn=1ms,write=10us,sysfs=20us,capacity=512,repeats=on".</summary>
    /// <param name="text">The text.</param>
    /// <param name="channel">The channel; null when the text names none.</param>
    /// <returns>What would be valid, or null.</returns>
    public static string? Read(string text, out IChannel? channel)
    {
        (string name, string? settings) = SpecText.Split(text);
        channel = name switch
        {
            DirectName when settings is null => new DirectCall(),
            DirectName when TimeText.TryRead(settings, 0, LongestCall, out long time) => new DirectCall(time),
            SerialName when s_serial.Read(s_serial.Standard, settings, double.NaN, out VirtioSerial serial) is null => serial,
            _ => null,
        };
        return channel is not null ? null
            : $"direct, direct:TIME (round trip, up to 10ms), virtio-serial, or virtio-serial:option=value,.. with {string.Join(", ", s_serial.All.Select(setting => $"{setting.Name} ({setting.Summary}, {setting.Range(double.NaN)})"))}";
    }

    private static NumberSetting<VirtioSerial> Time(string name, string summary, long least, long most, Func<VirtioSerial, long> get, Func<VirtioSerial, long, VirtioSerial> with) =>
        new(name, summary, Quantity.Time, least, most, c => get(c), (c, v) => with(c, (long)v));
}
