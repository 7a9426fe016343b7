using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Memif;

namespace PollScale.HostStub.Cli;

/// <summary>All that one run is made of, put together but not started. Disposed in the order that the parts need each other.</summary>
internal sealed class SessionParts : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Puts a run together.</summary>
    /// <param name="options">The run.</param>
    /// <param name="factory">Makes the guest.</param>
    /// <param name="guestLine">Takes the lines that the guest prints.</param>
    /// <param name="notice">Takes what the user should know, a sentence each, until this is disposed.</param>
    /// <exception cref="GuestSetupException">This machine or the ELF cannot be used.</exception>
    /// <exception cref="TrafficException">The traffic cannot be made.</exception>
    /// <exception cref="PolicyException">The policy does not fit the P-states.</exception>
    /// <exception cref="AuditException">The audit log cannot be opened.</exception>
    public SessionParts(RunOptions options, IGuestFactory factory, Action<string> guestLine, Action<string> notice)
    {
        try
        {
            Cpus = CpuPlan.Make(options.Cpu, options.HousekeepingCpu, ThreadPlacement.AllowedCpus(), options.HasTraffic);
            Priority = PriorityPlan.Decide(options.Priority);
            TrafficSource? source = options.HasTraffic ? Own(MakeSource(options)) : null;
            Memory = Own(new PacketMemory(PacketRegionLayout.Create(options.Log2Ring, options.Log2Ring, source?.BufferSize ?? 2048)));
            double tscHz = TscClock.FrequencyKHz * 1000.0;
            Frequency = Own(FrequencyParts.Make(options, Cpus.Guest, tscHz, notice));
            if (options.HostPolicy is not null)
            {
                Policy = Own(new RunPolicy(options, Cpus.Guest, Backend, tscHz, notice));
                (Service, Counters) = (Policy.Service, Policy.Service.Counters);
            }
            else
            {
                FrequencyService service = Frequency.MakeService(options.Policy, tscHz);
                (Service, Counters) = (service, service.Counters);
            }

            Hook = new SessionHook(Backend);
            Telemetry = new TelemetryReader(Memory.TelemetryAddress);
            if (source is not null)
            {
                TrafficGenerator.WarmUp();
                Traffic = new TrafficGenerator(Memory, source, MakeTrafficOptions(options), Hook);
                Hook.Generator = Traffic;
                TrafficName = source.Profile.Name;
            }

            Guest = Own(factory.Create(MakeConfig(options, guestLine)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public CpuPlan Cpus { get; }

    public PriorityPlan Priority { get; }

    public PacketMemory Memory { get; }

    public FrequencyParts Frequency { get; }

    public IFrequencyBackend Backend => Frequency.Backend;

    public IEnergySource Energy => Frequency.Energy;

    public IFrequencyService Service { get; }

    /// <summary>Its calls so far.</summary>
    public CallCounters Counters { get; }

    /// <summary>The policy file in force; null without one.</summary>
    public RunPolicy? Policy { get; }

    public SessionHook Hook { get; }

    public TelemetryReader Telemetry { get; }

    public IGuest Guest { get; }

    /// <summary>Null when nothing is sent.</summary>
    public TrafficGenerator? Traffic { get; }

    public string TrafficName { get; } = "none";

    /// <summary>Starts the traffic, which waits for the guest to poll.</summary>
    public void StartTraffic() => Traffic?.Start();

    public void Dispose()
    {
        // The guest first: it uses all the others. The traffic thread uses the memory.
        _owned.Reverse();
        foreach (IDisposable part in _owned)
        {
            if (part is PacketMemory && Traffic is { Phase: not (TrafficPhase.Created or TrafficPhase.Ended) })
            {
                Traffic.Abort();
                Traffic.Wait(Timeout.InfiniteTimeSpan);
            }

            part.Dispose();
        }

        _owned.Clear();
    }

    private static TrafficSource MakeSource(RunOptions options)
    {
        if (options.Pcap is null)
        {
            return TrafficSource.Parse(options.Traffic!, options.FrameSizes, options.Malformed, options.Seed);
        }

        PcapTrace trace = PcapTrace.Load(options.Pcap);
        return new TrafficSource(new PcapProfile($"replay of {Path.GetFileName(options.Pcap)}", trace, options.PcapSpeed), trace, trace);
    }

    private TrafficOptions MakeTrafficOptions(RunOptions options)
    {
        bool replay = options.Pcap is not null || options.Traffic!.StartsWith("pcap:", StringComparison.OrdinalIgnoreCase);
        TimeSpan whole = replay ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(15);
        return new TrafficOptions
        {
            Duration = options.Duration ?? whole,
            Cpu = Cpus.Housekeeping,
            Settle = TimeSpan.FromMilliseconds(400),
            Scheduling = Priority.Traffic,
            StartTimeout = options.BootLimit + TimeSpan.FromSeconds(5), // the watchdog speaks first
        };
    }

    private GuestConfig MakeConfig(RunOptions options, Action<string> guestLine) => new()
    {
        Elf = options.Guest,
        Arguments = options.GuestArguments,
        Environment = options.Environment,
        PassRegion = options.HasTraffic,
        Service = Service,
        AttachStatus = Backend.Attach,
        RegionAddress = Memory.Address,
        RegionSize = Memory.Size,
        RegionFd = Memory.Fd,
        Cpu = Cpus.Guest,
        HousekeepingCpu = Cpus.Housekeeping,
        MemoryMiB = options.MemoryMiB,
        Doorbell = options.Doorbell,
        Scheduling = Priority.Guest,
        ConsoleLine = guestLine,
    };

    private T Own<T>(T part) where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
