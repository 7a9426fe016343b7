using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>A port read. Port permission belongs to the thread that opens this.</summary>
internal sealed class PortDoorbell : IDoorbell
{
    private readonly ushort _base;

    public PortDoorbell(ushort portBase)
    {
        _base = portBase;
        if (LibC.ioperm(portBase, HypercallAbi.PortCount, 1) != 0)
        {
            throw new FrequencyControlUnavailableException(
                $"Port permission for 0x{portBase:x} .. 0x{portBase + HypercallAbi.PortCount - 1:x} was refused: {LibC.strerror(LibC.errno)}. "
                + "The port doorbell needs CAP_SYS_RAWIO (root) and a kernel without lockdown.");
        }
    }

    public string Name => "port";

    public bool NeedsEncoding => true;

    public long Ring(FrequencyCall call) => (int)NativeCode.PortRead((ushort)(_base + call.Slot));

    public void Dispose() => _ = LibC.ioperm(_base, HypercallAbi.PortCount, 0);
}
