using System.Runtime.Intrinsics.X86;
using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;

namespace PollScale.Transports;

/// <summary>Calls over the page that a VM of any VMM shares with its host. Make and use it on one thread, which stays on its CPU.</summary>
internal sealed partial class RegionTransport : IPostedTransport
{
    private const int MostPauses = 64, Trials = 3;

    // A hypercall that is heard is answered as soon as a doorbell's ring; the host looks at slots that nobody rings for after 250 ms.
    private const int HearingUs = 100_000;
    private readonly RegionDevice _device;
    private readonly SlotHold _hold;
    private readonly HypercallRing _ring;
    private readonly ulong _timeoutTicks;
    private readonly ulong _hearingTicks;
    private RegionHeader _header;
    private RegionSlot _slot;
    private uint _sequence;
    private uint _rungAgain;
    private bool _closed;

    private RegionTransport(RegionDevice device, RegionHeader header, int vcpu, SlotHold hold, TimeSpan answerTimeout, HypercallRing ring)
    {
        TscFrequency frequency = TscClock.Frequency;
        _device = device;
        _hold = hold;
        _header = header;
        _ring = ring;
        ring.Adopt(header.Flags);
        _slot = new RegionSlot(device, header, vcpu);
        _timeoutTicks = frequency.FromTimeSpan(answerTimeout);
        _hearingTicks = Math.Min(_timeoutTicks / 2, frequency.FromMicroseconds(HearingUs));
        _turnTicks = frequency.FromMicroseconds(TurnUs);
        _repeatTicks = frequency.FromMicroseconds(RepeatUs);
        _lostTicks = frequency.FromMicroseconds(LostUs);
        _pulse = new HostPulse(frequency);
        Vcpu = vcpu;

        // A request that a process of before left unanswered still has its number.
        RequestWord left = _slot.Requests.Stored;
        _sequence = left.Value != 0 ? left.Sequence : _slot.Requests.Echo;
        int count = HelloCheck.Run(Call, Doorbell);
        if (count != header.PStates.Count)
        {
            throw new MalformedHostInterfaceException($"The host describes {header.PStates.Count} P-states, but answers Hello with {count}. Update the host stub.");
        }

        PStates = new PStateTable(header.PStates.KHz, header.PStates.FastestAllowed, header.PStates.SlowestAllowed, Latency(header, frequency));
    }

    /// <inheritdoc/>
    public string Doorbell => _ring.IsUsed ? "region-hypercall" : "region";

    /// <inheritdoc/>
    public string? DoorbellNote => _ring.Note;

    /// <summary>P-states and limits the host shows; the latency counts from the ring, so it includes the time in which the host wakes and looks.</summary>
    public PStateTable PStates { get; }

    /// <inheritdoc/>
    public bool ControlGranted => (_header.Flags & RegionFlags.ControlGranted) != 0;

    /// <inheritdoc/>
    public bool Emulated => (_header.Flags & RegionFlags.Emulated) != 0;

    /// <summary>The vCPU as the host numbers it.</summary>
    public int Vcpu { get; private set; }

    /// <inheritdoc/>
    public uint StretchQ16 => Emulated && !_closed ? _slot.Status.StretchQ16 : StatusPageLayout.StretchOne;

    /// <summary>Finds the device, takes the thread's slot and says Hello.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="FrequencyControlUnavailableException">There is no region, or it cannot be used; the message says why and what to do.</exception>
    public static RegionTransport Open(RegionOptions options) => Open(options, Cpuid.Read, HypercallAccess.Here);

    internal static RegionTransport Open(RegionOptions options, CpuidReader cpuid, HypercallAccess hypercalls)
    {
        options.Validate();
        RegionDevice device = RegionDiscovery.Open(options.Root);
        SlotHold? hold = null;
        try
        {
            RegionHeader header = Read(device);
            int vcpu = FindVcpu(header, options.Cpu, cpuid);
            hold = SlotHold.Take(device, header, vcpu);
            return new RegionTransport(device, header, vcpu, hold, options.AnswerTimeout, new HypercallRing(options.RingByHypercall, hypercalls));
        }
        catch
        {
            hold?.Dispose();
            device.Dispose();
            throw;
        }
    }

    /// <summary>Reads a device's header.</summary>
    /// <exception cref="FrequencyControlUnavailableException">It contradicts the contract, or the host speaks another version.</exception>
    internal static RegionHeader Read(RegionDevice device)
    {
        RegionHeader header = device.Region.ReadHeader(out string fault)
            ?? throw new MalformedHostInterfaceException($"The header of the shared page ({device.Folder}) is malformed: {fault}. Update the host stub.");
        return header.AbiVersion == HypercallAbi.Version ? header : throw HelloCheck.Mismatch(header.AbiVersion);
    }

    /// <summary>The vCPU of a CPU, or of the thread's.</summary>
    /// <exception cref="RegionUnavailableException">The thread is not pinned, or the host does not serve the vCPU.</exception>
    internal static int FindVcpu(RegionHeader header, int? cpu, CpuidReader cpuid)
    {
        uint apicId = RegionVcpu.ApicId(cpu, cpuid);
        int vcpu = header.FindVcpu(apicId);
        return vcpu >= 0 ? vcpu : throw new RegionUnavailableException(
            $"The host serves {header.ApicIds.Count} vCPUs of this VM, and none has x2APIC id {apicId}, which CPUID gives for this one.",
            "List the vCPU in the host's policy (vcpus:, with its apic-id: where that is not its number).");
    }

    /// <inheritdoc/>
    /// <remarks>An argument outside -32768 .. 32767 is answered <see cref="FrequencyStatus.Invalid"/> without leaving the guest. A host that does not answer in
    /// time gives <see cref="FrequencyStatus.TimedOut"/>: what is in force is not known then.</remarks>
    public FrequencyReply Call(FrequencyCall call)
    {
        if (_closed)
        {
            return new FrequencyReply(FrequencyStatus.BackendFailed);
        }

        if (!TrySend(call, posted: false))
        {
            return new FrequencyReply(CallMeaning.IsKnown(call.Op) ? FrequencyStatus.Invalid : FrequencyStatus.UnknownCall);
        }

        FrequencyReply reply = Await(out long result) ? new FrequencyReply(result) : new FrequencyReply(FrequencyStatus.TimedOut);
        Answered(call, reply, TscClock.Now);
        return reply;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _hold.Dispose();
            _device.Dispose();
        }
    }

    // From a post to its effect passes the host's waking too: twice the longest of some is taken for what it may be, and later ones are watched.
    private uint Latency(RegionHeader header, TscFrequency frequency)
    {
        ulong longest = 0;
        bool answered = true;
        for (int i = 0; answered && i < Trials; i++) // each costs budget
        {
            ulong start = TscClock.Now;
            answered = !Call(new FrequencyCall(FrequencyOp.GetPState)).IsError;
            longest = Math.Max(longest, TscClock.Now - start);
        }

        return (uint)Math.Min(header.PStates.TransitionLatencyNs + frequency.ToNanoseconds(2 * longest), uint.MaxValue);
    }

    private bool TrySend(FrequencyCall call, bool posted)
    {
        if (!RequestWord.TryMake(RequestWord.Next(_sequence), call, posted, out RequestWord word))
        {
            return false;
        }

        _sequence = word.Sequence;
        _slot.Send(word, _ring);
        return true;
    }

    // The page may be uncached: it is read ever more rarely.
    private bool Await(out long result)
    {
        ulong start = TscClock.Now;
        for (int pauses = 1; ; pauses = Math.Min(2 * pauses, MostPauses))
        {
            ulong waited = TscClock.Now - start;
            bool late = waited > _timeoutTicks;
            if (_slot.Requests.TryTake(_sequence, out result))
            {
                Echoed();
                return true;
            }

            if (waited > _hearingTicks)
            {
                RingAgain();
            }

            if (late)
            {
                return false;
            }

            for (int i = 0; i < pauses; i++)
            {
                X86Base.Pause();
            }
        }
    }

    private void Echoed()
    {
        _echo = _sequence;
        if (_rungAgain != _sequence)
        {
            _ring.Heard();
        }
    }

    // A hypercall that nobody heard: the doorbell rings for the same request, once.
    private void RingAgain()
    {
        if (_ring.IsUsed && _rungAgain != _sequence)
        {
            _rungAgain = _sequence;
            _ring.Missed();
            _slot.Ring();
        }
    }
}
