using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Traffic;

/// <summary>How a <see cref="TrafficGenerator"/> runs.</summary>
internal sealed record TrafficOptions
{
    /// <summary>64-byte frames a second of 10 Gb/s Ethernet.</summary>
    public const double TenGigabitPps = 14.88e6;

    /// <summary>How long to send; a profile that ends earlier ends the run. Null sends to the profile's end.</summary>
    public TimeSpan? Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>pCPU of the generator's thread; null leaves it to the kernel.</summary>
    public int? Cpu { get; init; }

    /// <summary>How the generator's thread competes for its CPU once the guest polls.</summary>
    public SchedulingClass Scheduling { get; init; }

    /// <summary>Speed of the simulated wire, in 64-byte frames a second; a longer frame occupies it proportionally longer.</summary>
    public double LineRatePps { get; init; } = TenGigabitPps;

    /// <summary>An iteration longer than this is a stall of the generator itself: its schedule moves by as much.</summary>
    public TimeSpan StallThreshold { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>Time between the guest's first poll and the first packet: the runtime's compiler works off what the boot left it.</summary>
    public TimeSpan Settle { get; init; }

    /// <summary>Longest wait for the guest to poll.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for room in the rings, where a profile waits for it.</summary>
    public TimeSpan RoomTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait, after the last packet, for the guest to be done.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
