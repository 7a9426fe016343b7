using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;
using PollScale.HostStub.Timeline;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Recording;

namespace PollScale.HostStub.Run;

/// <summary>All that one run is made of, put together but not started. Disposed in the order that the parts need each other.</summary>
internal sealed class SessionParts : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Puts a run together.</summary>
    /// <param name="options">The run.</param>
    /// <param name="factory">Makes the guest.</param>
    /// <param name="guestLine">Takes the lines that the guest prints.</param>
    /// <param name="log">Told what the user should know, on any thread, until this is disposed.</param>
    /// <param name="stop">Asked now and then while a capture is read; true gives up.</param>
    /// <exception cref="GuestSetupException">This machine or the ELF cannot be used.</exception>
    /// <exception cref="TrafficException">The traffic cannot be made.</exception>
    /// <exception cref="PolicyException">The policy does not fit the P-states.</exception>
    /// <exception cref="AuditException">The audit log cannot be opened.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> said so.</exception>
    public SessionParts(RunOptions options, IGuestFactory factory, Action<string> guestLine, ILogger log, Func<bool>? stop = null)
    {
        try
        {
            Cpus = CpuPlan.Make(options.Cpu, options.HousekeepingCpu, ThreadPlacement.AllowedCpus(), options.HasTraffic);
            Priority = PriorityPlan.Decide(options.Priority);
            Source = options.HasTraffic ? Own(SessionTraffic.Source(options, stop)) : null;
            Ring = RingPlan.Make(options.Log2Ring, options.IsRingAsked, Source?.Frames.MaxLength);
            Memory = Own(new PacketMemory(Ring.Layout));
            Recorder = Own(SessionTraffic.Recorder(options, Cpus, Priority));
            double tscHz = TscClock.FrequencyKHz * 1000.0;
            Frequency = Own(FrequencyParts.Make(options, Cpus.Guest, tscHz, log));
            Policy = Own(new RunPolicy(options, Cpus.Guest, Backend, tscHz, log));
            Telemetry = new TelemetryReader(Memory.TelemetryAddress);
            StepTicks = Math.Max(1, (ulong)(options.Step.TotalSeconds * tscHz));
            Meter = new TimelineMeter(Backend, Energy, Telemetry, StepTicks);
            Hook = new SessionHook(Backend, Meter);
            if (Source is not null)
            {
                TrafficGenerator.WarmUp();
                TimelineMeter.WarmUp(Backend, Energy);
                Traffic = new TrafficGenerator(Memory, Source, SessionTraffic.Sending(options, Source, Cpus, Priority), Hook, Recorder);
                Hook.Generator = Traffic;
                TrafficName = Source.Profile.Name;
            }

            Guest = Own(factory.Create(MakeConfig(options, guestLine, log)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public CpuPlan Cpus { get; }

    public PriorityPlan Priority { get; }

    /// <summary>What is sent; null for nothing.</summary>
    public TrafficSource? Source { get; }

    public RingPlan Ring { get; }

    public PacketMemory Memory { get; }

    /// <summary>Records what is forwarded; null when nobody asked.</summary>
    public ForwardedRecorder? Recorder { get; }

    public FrequencyParts Frequency { get; }

    public IFrequencyBackend Backend => Frequency.Backend;

    public IEnergySource Energy => Frequency.Energy;

    /// <summary>The policy in force.</summary>
    public RunPolicy Policy { get; }

    /// <summary>The guest's calls so far.</summary>
    public CallCounters Counters => Policy.Service.Counters;

    public SessionHook Hook { get; }

    /// <summary>TSC ticks of a step of the record.</summary>
    public ulong StepTicks { get; }

    /// <summary>Looks at the run on the traffic thread.</summary>
    public TimelineMeter Meter { get; }

    public TelemetryReader Telemetry { get; }

    public IGuest Guest { get; }

    /// <summary>Null when nothing is sent.</summary>
    public TrafficGenerator? Traffic { get; }

    public string TrafficName { get; } = "none";

    /// <summary>Starts the traffic, which waits for the guest to poll.</summary>
    public void StartTraffic()
    {
        Recorder?.Start();
        Traffic?.Start();
    }

    public void Dispose()
    {
        // The guest first: it uses all the others. The traffic thread uses the memory.
        _owned.Reverse();
        foreach (IDisposable part in _owned)
        {
            if (part is ForwardedRecorder or PacketMemory && Traffic is { Phase: not (TrafficPhase.Created or TrafficPhase.Ended) })
            {
                Traffic.Abort();
                Traffic.Wait(Timeout.InfiniteTimeSpan);
            }

            part.Dispose();
        }

        _owned.Clear();
    }

    private GuestConfig MakeConfig(RunOptions options, Action<string> guestLine, ILogger log) => new()
    {
        Elf = options.Guest,
        Arguments = options.DefaultRoute is int hop ? [$"--default-route={hop}", .. options.GuestArguments] : options.GuestArguments,
        Environment = options.Environment,
        PassRegion = options.HasTraffic,
        Files = options.Routes is { } routes ? [new GuestFile("--routes", "/dev/routes0", routes)] : [],
        Service = Policy.Service,
        AttachStatus = guest => Backend.Attach(new MeteredStatus(guest, Meter)),
        RegionAddress = Memory.Address,
        RegionSize = Memory.Size,
        RegionFd = Memory.Fd,
        Cpu = Cpus.Guest,
        HousekeepingCpu = Cpus.Housekeeping,
        MemoryMiB = options.MemoryMiB,
        Doorbell = options.Doorbell,
        Scheduling = Priority.Guest,
        ConsoleLine = guestLine,
        Log = log,
    };

    private T Own<T>(T part) where T : IDisposable?
    {
        if (part is not null)
        {
            _owned.Add(part);
        }

        return part;
    }
}
