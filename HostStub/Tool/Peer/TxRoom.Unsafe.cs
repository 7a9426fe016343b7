using PollScale.Memif;

namespace PollScale.HostStub.Peer;

/// <summary>Whether a peer has left room: a link is up a moment before its client has posted buffers.</summary>
internal static unsafe class TxRoom
{
    /// <summary>True when a frame can be sent; the buffer stays reserved for it.</summary>
    // SAFETY: nothing is written or read through the pointer.
    public static bool IsIn(TxQueue tx) => tx.TryReserve(out byte* _);
}
