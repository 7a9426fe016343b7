namespace PollScale.HostStub.Policy.Configuration;

/// <summary>What one guest may do.</summary>
internal sealed record GuestPolicy
{
    /// <summary>Name, unique in a policy; 1 to 64 printable characters.</summary>
    public required string Name { get; init; }

    /// <summary>True lets it change P-states; the default is false.</summary>
    public bool Control { get; init; }

    /// <summary>Fastest P-state it may have; unset, the default, is the table's first.</summary>
    public PStateChoice Fastest { get; init; }

    /// <summary>Slowest P-state it may have; unset, the default, is the table's last.</summary>
    public PStateChoice Slowest { get; init; }

    /// <summary>Calls a second, on average, of all its vCPUs together. The default is 20,000; 1 .. 100,000,000.</summary>
    public int CallsPerSecond { get; init; } = 20_000;

    /// <summary>Calls that may come at once. The default is 200; 1 .. 1,000,000.</summary>
    public int Burst { get; init; } = 200;

    /// <summary>True, the default, lets it ask for P-states, frequencies and limits.</summary>
    public bool Queries { get; init; } = true;

    /// <summary>Time without a call after which a vCPU's wish is withdrawn; null, the default, for never.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>Process id of its QEMU, or the absolute path of a file with it, to check the pinning by; null for no check.</summary>
    public string? Process { get; init; }

    /// <summary>The page it shares with this host; null, the default, for none.</summary>
    public ShmemPolicy? Shmem { get; init; }

    /// <summary>
    /// What is made of its hypercall instructions. Observed or answered only where it has <see cref="Shmem"/>, which the host does not look at without being rung; answered by the
    /// module only where it has <see cref="Shmem"/> or <see cref="Process"/>, by which the VM's process is known.
    /// </summary>
    public HypercallMode Hypercall { get; init; }

    /// <summary>Its hypercalls are answered by the compiled policy.</summary>
    public bool IsCompiled => Hypercall is HypercallMode.Answered or HypercallMode.Module;

    /// <summary>Its vCPUs, each once.</summary>
    public IReadOnlyList<VcpuPolicy> Vcpus { get; init; } = [];

    /// <summary>Where it is named.</summary>
    public FilePosition At { get; init; }
}
