using System.Runtime.CompilerServices;
using PollScale.Telemetry;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>Forwards one packet: check, look up, rewrite in place.</summary>
// SAFETY: the frame has length bytes, and what is rewritten was parsed before.
internal readonly unsafe struct Forwarder(Dir24_8 table)
{
    private readonly Dir24_8 _table = table;

    /// <summary>Prepares a frame for its next hop. A dropped frame stays as it was.</summary>
    /// <returns>False when the frame must be dropped for <paramref name="cause"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryForward(byte* frame, int length, out DropCause cause)
    {
        if (!Ipv4Header.TryParse(frame, length, out Ipv4Header header, out cause))
        {
            return false;
        }

        int nextHop = _table.Lookup(header.Destination);
        if (nextHop < 0)
        {
            cause = DropCause.NoRoute;
            return false;
        }

        header.DecrementTtl();
        NextHopTable.Rewrite(frame, nextHop);
        return true;
    }
}
