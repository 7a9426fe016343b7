using System.Globalization;
using PollScale.Simulation.Cores;

namespace PollScale.HostStub.Simulation;

/// <summary>A channel with the time for which a call keeps the core.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="CallTime">Time of a call, in simulated time.</param>
internal sealed record ChannelChoice(IChannel Channel, long CallTime)
{
    private const long LongestCall = 10 * SimTime.Millisecond;
    private const string DirectName = "direct", SerialName = "virtio-serial";

    /// <summary>A hypercall of 1 us.</summary>
    public static ChannelChoice Direct { get; } = new(new DirectCall(), SimTime.Microsecond);

    /// <summary>Reads "direct", "direct:2us", "virtio-serial" or "virtio-serial:turn=1ms,write=10us,sysfs=20us,capacity=512,repeats=on".</summary>
    /// <param name="text">The text.</param>
    /// <param name="channel">The channel; null when the text names none.</param>
    /// <returns>What would be valid, or null.</returns>
    public static string? Read(string text, out ChannelChoice? channel)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        string? settings = colon < 0 ? null : text[(colon + 1)..];
        channel = name switch
        {
            DirectName => ReadDirect(settings),
            SerialName => ReadSerial(settings),
            _ => null,
        };
        return channel is not null ? null
            : "direct, direct:TIME (round trip, up to 10ms), virtio-serial, or virtio-serial:turn=TIME,write=TIME,refusal=TIME,sysfs=TIME,capacity=N,repeats=on|off (turn 1us to 1s, the others up to 10ms, 1 to 65536 messages; repeats sends l3fwd-power's requests that change nothing)";
    }

    private static ChannelChoice? ReadDirect(string? settings) =>
        settings is null ? Direct
        : SimTimeText.TryRead(settings, 0, LongestCall, out long time) ? new ChannelChoice(new DirectCall(time), time)
        : null;

    private static ChannelChoice? ReadSerial(string? settings)
    {
        VirtioSerial defaults = new();
        (long turn, long write, long refusal) = (defaults.TurnTime, defaults.WriteTime, defaults.RefusalTime);
        (long sysfs, int capacity, bool repeats) = (defaults.SysfsTime, defaults.Capacity, defaults.Repeats);
        foreach (string part in settings?.Split(',') ?? [])
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string value = part[(equals + 1)..];
            bool valid = equals > 0 && part[..equals] switch
            {
                "turn" => SimTimeText.TryRead(value, SimTime.Microsecond, SimTime.Second, out turn),
                "write" => SimTimeText.TryRead(value, 0, LongestCall, out write),
                "refusal" => SimTimeText.TryRead(value, 0, LongestCall, out refusal),
                "repeats" => (repeats = value == "on") || value == "off",
                "sysfs" => SimTimeText.TryRead(value, 0, LongestCall, out sysfs),
                "capacity" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out capacity) && capacity is >= 1 and <= 65536,
                _ => false,
            };
            if (!valid)
            {
                return null;
            }
        }

        return new ChannelChoice(new VirtioSerial { TurnTime = turn, WriteTime = write, RefusalTime = refusal, SysfsTime = sysfs, Capacity = capacity, Repeats = repeats }, write);
    }
}
