using System.Runtime.InteropServices;
using PollScale.Memif;

namespace PollScale.Tests.Memif;

/// <summary>A region as a host would set it up, in plain memory, with the host's ring ends in the test's hands.</summary>
internal sealed unsafe class TestRegion : IDisposable
{
    public TestRegion(int log2Rx = 5, int log2Tx = 5, int bufferSize = 128)
    {
        Layout = PacketRegionLayout.Create(log2Rx, log2Tx, bufferSize);
        Memory = (byte*)NativeMemory.AlignedAlloc((nuint)Layout.RegionSize, 4096);
        NativeMemory.Clear(Memory, (nuint)Layout.RegionSize);
        Layout.Write(new Span<byte>(Memory, PacketRegionLayout.HeaderBytes));
        Rx = new MemifRing(Memory + Layout.RxRing, log2Rx);
        Tx = new MemifRing(Memory + Layout.TxRing, log2Tx);
        Rx.Cookie = Tx.Cookie = MemifAbi.Cookie;
        for (int i = 0; i < Tx.Size; i++)
        {
            Tx.Descriptor(i) = new memif_desc_t { offset = TxFrameOffset(i), length = (uint)Layout.MaxFrame };
        }
    }

    public PacketRegionLayout Layout { get; }

    public byte* Memory { get; }

    public MemifRing Rx;

    public MemifRing Tx;

    public PacketRegion Open() => PacketRegion.At(Memory, Layout.RegionSize);

    public uint TxFrameOffset(int index) => (uint)(Layout.TxBuffers + (index * Layout.BufferSize) + PacketRegionLayout.BufferHeadroom);

    /// <summary>Posts one rx packet whose bytes all hold its sequence number.</summary>
    public void Post(ulong sequence, int length)
    {
        ushort head = Rx.Head;
        int buffer = Layout.RxBuffers + ((head & (Rx.Size - 1)) * Layout.BufferSize);
        *(ulong*)(Memory + buffer + PacketRegionLayout.SendTscOffset) = sequence * 1000;
        *(ulong*)(Memory + buffer + PacketRegionLayout.SequenceOffset) = sequence;
        new Span<byte>(Memory + buffer + PacketRegionLayout.BufferHeadroom, length).Fill((byte)sequence);
        Rx.Descriptor(head) = new memif_desc_t { offset = (uint)(buffer + PacketRegionLayout.BufferHeadroom), length = (uint)length, metadata = (uint)sequence };
        Rx.Head = (ushort)(head + 1);
    }

    public void Dispose() => NativeMemory.AlignedFree(Memory);
}
