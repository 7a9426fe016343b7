using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PollScale.HostStub.Placement;
using PollScale.Hypercall;

namespace PollScale.HostStub.Machine;

/// <summary>All that a factory needs to make one guest.</summary>
internal sealed record GuestConfig
{
    /// <summary>Path of the ELF.</summary>
    public required string Elf { get; init; }

    /// <summary>The user's arguments, argv[1] first; the factory adds its own (region, call channel).</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables beside those that every guest of its kind has, or in their place; NAME=value.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Answers its frequency calls.</summary>
    public required IFrequencyService Service { get; init; }

    /// <summary>Called with the guest's status page, before it runs: publishes the P-state in effect there from then on; and before that page goes, with a sink that takes all.</summary>
    public required Action<IStatusSink> AttachStatus { get; init; }

    /// <summary>Address of the packet region in this process.</summary>
    public required nint RegionAddress { get; init; }

    /// <summary>Bytes of the packet region, a multiple of 4096.</summary>
    public required long RegionSize { get; init; }

    /// <summary>File descriptor of the packet region's memory.</summary>
    public required int RegionFd { get; init; }

    /// <summary>True adds "--region PATH" to the arguments, PATH being where this kind of guest finds the packet region.</summary>
    public bool PassRegion { get; init; } = true;

    /// <summary>Files for it; each adds its option and its path to the arguments.</summary>
    public IReadOnlyList<GuestFile> Files { get; init; } = [];

    /// <summary>pCPU its vCPU is pinned to.</summary>
    public required int Cpu { get; init; }

    /// <summary>pCPU for everything else, or null for any.</summary>
    public int? HousekeepingCpu { get; init; }

    /// <summary>Guest memory in MiB.</summary>
    public int MemoryMiB { get; init; } = 256;

    /// <summary>Doorbell wanted.</summary>
    public DoorbellChoice Doorbell { get; init; }

    /// <summary>How its threads compete for their CPUs once its priority is raised.</summary>
    public SchedulingClass Scheduling { get; init; }

    /// <summary>Called with each line the guest prints, on any thread.</summary>
    public Action<string>? ConsoleLine { get; init; }

    /// <summary>Told what happens to it, on any thread.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}
