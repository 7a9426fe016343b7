using PollScale.Clock;
using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Daemon.Shards;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Telemetry;

namespace PollScale.HostStub.Channels.Acpi;

/// <summary>
/// Obeys one vCPU's newest control byte. There is no answer, and the guest's kernel believes that it got what it wrote; so it is not asked once but held to:
/// what a spent budget, a lost pinning, a failed backend or a narrower policy kept from it, it gets as soon as that is over. Belongs to the thread of its
/// shard, but for what reports read.
/// </summary>
/// <param name="binding">The vCPU.</param>
/// <param name="memory">Where the reader puts what came.</param>
/// <param name="slot">Its slot there.</param>
internal sealed class AcpiChannel(AcpiBinding binding, ReaderMemory memory, int slot) : IShardWatch, IReportedChannel, IDisposable
{
    private readonly WakeEvent _news = new();
    private readonly WatchPause _pause = new();
    private volatile AcpiBinding _binding = binding;
    private byte _decided;
    private bool _obeys;

    /// <summary>What it was set up with; from any thread.</summary>
    public AcpiBinding Binding => _binding;

    /// <summary>Its slot.</summary>
    public int Slot => slot;

    /// <inheritdoc/>
    public StreamDescriptor Descriptor => _news.Descriptor;

    /// <inheritdoc/>
    public bool IsPaused => _pause.IsOn;

    /// <inheritdoc/>
    public bool Spins => false;

    /// <inheritdoc/>
    public Deadline Due => _pause.Due;

    /// <inheritdoc/>
    public LatencyHistogram? Recorder { get; set; }

    /// <inheritdoc/>
    public string GuestName => _binding.Guest;

    /// <inheritdoc/>
    public int Vcpu => _binding.Vcpu;

    /// <inheritdoc/>
    public int? Pcpu => _binding.Pcpu;

    /// <inheritdoc/>
    public string EndpointName => $"debugcon:{_binding.Path}";

    /// <inheritdoc/>
    public IFrequencyService Service => _binding.Service;

    /// <inheritdoc/>
    public bool IsConnected => Facts.State == SlotState.Connected;

    /// <inheritdoc/>
    public string? Problem => _binding.Trouble() ?? Facts switch
    {
        { State: SlotState.Connected } => null,
        { State: SlotState.Unknown } => "its reader is starting.",
        { Error: 0 } => "the VM has closed it; connecting again.",
        { Error: int error } => ConnectEndpoint.Describe(_binding.Path, error),
    };

    /// <inheritdoc/>
    public ChannelCounters Counters { get; } = new();

    /// <inheritdoc/>
    public (ulong All, ulong Unknown)? Bytes => (Facts.Bytes, Facts.Unknown);

    /// <inheritdoc/>
    public ulong Connects => Facts.Connects;

    /// <summary>What has come; from any thread.</summary>
    public ReaderSlot Facts => memory.Read(slot);

    /// <summary>Goes on with the same VM under another configuration.</summary>
    public void Rebind(AcpiBinding next) => _binding = next;

    /// <inheritdoc/>
    public void Look(ulong wokenTsc)
    {
        ReaderSlot facts = Facts;
        VcpuService service = _binding.Service;
        if (facts.State == SlotState.Unknown || service.HasLapsingWish || service.IsAnsweredInKernel)
        {
            return; // no reader, which does not mean that there is no VM; or the guest's application asks for itself, by its page or by the instruction
        }

        if (facts.State == SlotState.Absent || facts.Byte == 0)
        {
            Leave(service);
            return;
        }

        int asked = ControlByte.PState(facts.Byte);
        bool holds = service.Wish == service.PStates.Clamp(asked);
        if (facts.Byte == _decided && (holds || !service.Granted || asked >= service.PStates.Count))
        {
            return;
        }

        FrequencyReply reply = service.AnswerStanding(new FrequencyCall(FrequencyOp.SetPState, asked), TscClock.Now);
        if (reply.Status == FrequencyStatus.Throttled)
        {
            _pause.Begin(); // a budget's next token may be a second away
            return;
        }

        _decided = facts.Byte;
        _obeys |= !reply.IsError;
        Counters.Count(reply.Status == FrequencyStatus.Invalid ? AnswerKind.Unknown : reply.IsError ? AnswerKind.Refused : AnswerKind.Acked);
        ulong ns = TscClock.ToNanoseconds(TscClock.Now - wokenTsc);
        Counters.Latency.Record(ns, Recorder);
    }

    /// <inheritdoc/>
    public void Resume() => _pause.End();

    /// <inheritdoc/>
    public void Tick(ulong tsc)
    {
        _pause.Tick();
        VcpuService service = _binding.Service;
        memory.SetPStates(slot, service.Binding is null ? 0 : service.PStates.Count);
    }

    /// <summary>It is served no longer: the wish that it brought is withdrawn. On its shard's thread, or when nobody watches it.</summary>
    public void Close() => Leave(_binding.Service);

    /// <inheritdoc/>
    public void Dispose() => _news.Dispose();

    private void Leave(VcpuService service)
    {
        _decided = 0;
        if (_obeys)
        {
            _obeys = false;
            service.Withdraw(AuditReason.GuestGone, TscClock.Now);
        }
    }
}
