using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Guest;

/// <summary>What a guest process is made of.</summary>
internal sealed record GuestProcessOptions
{
    /// <summary>argv, the program's name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Environment, NAME=value.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Host CPU of the main thread's vCPU: the lcore.</summary>
    public int LcoreCpu { get; init; }

    /// <summary>Host CPU of every other vCPU.</summary>
    public int HousekeepingCpu { get; init; }

    /// <summary>How its threads compete for their CPUs once its priority is raised.</summary>
    public SchedulingClass Scheduling { get; init; }

    /// <summary>Bytes of the packet region at <see cref="Machine.GuestLayout.PacketRegion"/>, offered as /dev/memif0; 0 for none.</summary>
    public ulong PacketRegionSize { get; init; }

    /// <summary>Receives each line the guest prints, on the guest's thread.</summary>
    public Action<string>? ConsoleLine { get; init; }

    /// <summary>Told what happens to it, on any thread.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}
