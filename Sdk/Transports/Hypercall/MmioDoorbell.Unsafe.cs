using System.ComponentModel;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>A load from the doorbell page, mapped from /dev/mem.</summary>
// SAFETY: a slot's register lies in the page, which is read while the region is open.
internal sealed unsafe class MmioDoorbell : IDoorbell
{
    private readonly MappedRegion _region;
    private readonly byte* _page;

    public MmioDoorbell(string device, ulong address)
    {
        try
        {
            _region = MappedRegion.MapPath(device, LibC.O_RDWR | LibC.O_SYNC, (long)address, HypercallAbi.MmioPageSize, LibC.PROT_READ);
        }
        catch (Win32Exception exception)
        {
            throw new FrequencyControlUnavailableException(
                $"The MMIO doorbell could not be opened: {exception.Message} It needs root and a kernel that lets {device} map device memory.", exception);
        }

        _page = _region.Address;
    }

    public string Name => "mmio";

    public bool NeedsEncoding => true;

    public long Ring(FrequencyCall call) =>
        _region.IsClosed ? (long)FrequencyStatus.BackendFailed : (int)NativeCode.MmioRead(_page + (call.Slot * sizeof(uint)));

    public void Dispose() => _region.Dispose();
}
