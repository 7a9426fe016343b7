using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>A port read. Port permission belongs to the thread that opens this; another, as one that ends the process, takes it where it rings.</summary>
internal sealed class PortDoorbell : IDoorbell
{
    private readonly ushort _base;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public PortDoorbell(ushort portBase)
    {
        _base = portBase;
        if (!Permit())
        {
            throw new FrequencyControlUnavailableException(
                $"Port permission for 0x{portBase:x} .. 0x{portBase + HypercallAbi.PortCount - 1:x} was refused: {LibC.strerror(LibC.errno)}. "
                + "The port doorbell needs CAP_SYS_RAWIO (root) and a kernel without lockdown.");
        }
    }

    public string Name => "port";

    public bool NeedsEncoding => true;

    public long Ring(FrequencyCall call) => Environment.CurrentManagedThreadId == _thread || Permit()
        ? (int)NativeCode.PortRead((ushort)(_base + call.Slot))
        : (long)FrequencyStatus.BackendFailed;

    private bool Permit() => LibC.ioperm(_base, HypercallAbi.PortCount, 1) == 0;

    public void Dispose() => _ = LibC.ioperm(_base, HypercallAbi.PortCount, 0);
}
