using PollScale.Hypercall;
using PollScale.Region;
using Xunit;

namespace PollScale.Tests.Region;

// SAFETY: the region is pinned until the end of the test.
public unsafe class RegionVcpuWriterTests
{
    [Fact]
    public void Where_a_guest_starts_is_no_change_and_each_other_P_state_is_one()
    {
        ulong[] region = GC.AllocateArray<ulong>(RegionLayout.Size / sizeof(ulong), pinned: true);
        byte* first = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref region[0]);
        RegionVcpuWriter writer = new RegionWriter(first, 2).Vcpu(1);
        foreach ((int pState, ulong changes) in (ReadOnlySpan<(int, ulong)>)[(3, 0), (3, 0), (1, 1), (1, 1), (3, 2)])
        {
            writer.Publish(pState, 2_000_000, StatusPageLayout.StretchOne, appliedNs: 7, sequence: 9);
            Assert.Equal(changes, *(ulong*)(first + RegionLayout.Status(1) + StatusPageLayout.Changes));
            Assert.True(new RegionStatusReader(first + RegionLayout.Status(1)).TryRead(out RegionStatus status));
            Assert.Equal(new RegionStatus((uint)pState, AppliedNs: 7, AppliedSequence: 9), status);
        }

        Assert.Equal(0u, *(uint*)(first + RegionLayout.Status(0) + StatusPageLayout.Sequence));
    }
}
