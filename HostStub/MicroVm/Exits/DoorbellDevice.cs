using PollScale.Clock;
using PollScale.Hypercall;

namespace PollScale.HostStub.Exits;

/// <summary>
/// The host end of the three doorbells: turns an exit into a call of the ABI and gives the value the guest receives. It does not know
/// how the exit is answered; it allocates nothing.
/// </summary>
internal sealed class DoorbellDevice(IFrequencyService service)
{
    private const uint UserCpl = 3;

    /// <summary>Calls seen, by doorbell.</summary>
    public long HypercallCalls, PortCalls, MmioCalls;

    /// <summary>Of <see cref="HypercallCalls"/>, those made at CPL 3.</summary>
    public long HypercallCallsFromUser;

    /// <summary>The hypercall instruction: rax and rdi.</summary>
    /// <param name="vcpu">The vCPU that exited.</param>
    /// <param name="number">rax.</param>
    /// <param name="argument">rdi.</param>
    /// <param name="cpl">CPL of the caller.</param>
    /// <param name="longMode">False for 32-bit code, whose registers are not the ABI's: KVM gives its ebx as the argument.</param>
    public long Hypercall(int vcpu, ulong number, ulong argument, uint cpl, bool longMode)
    {
        HypercallCalls++;
        if (cpl == UserCpl)
        {
            HypercallCallsFromUser++;
        }

        return longMode && FrequencyCall.TryFromNumber(number, (long)argument, out FrequencyCall call)
            ? service.Answer(vcpu, call, TscClock.Now).Value
            : service.AnswerUnknown(vcpu, TscClock.Now).Value;
    }

    /// <summary>A 4-byte read of a doorbell port.</summary>
    /// <returns>The value for eax.</returns>
    public uint Port(int vcpu, ushort port)
    {
        PortCalls++;
        return Slot(vcpu, (uint)(port - HypercallAbi.PortBase));
    }

    /// <summary>A read of the doorbell page.</summary>
    /// <returns>The value loaded.</returns>
    public uint Mmio(int vcpu, uint offset, uint length)
    {
        MmioCalls++;
        return length == sizeof(uint) && offset % sizeof(uint) == 0
            ? Slot(vcpu, offset / sizeof(uint))
            : (uint)service.AnswerUnknown(vcpu, TscClock.Now).Value;
    }

    /// <summary>True for a port of the port doorbell.</summary>
    public static bool Owns(ushort port) => port - HypercallAbi.PortBase is >= 0 and < HypercallAbi.PortCount;

    private uint Slot(int vcpu, uint slot) => (uint)(FrequencyCall.TryFromSlot(slot, out FrequencyCall call)
        ? service.Answer(vcpu, call, TscClock.Now)
        : service.AnswerUnknown(vcpu, TscClock.Now)).Value;
}
