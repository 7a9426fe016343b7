using System.Diagnostics;
using PollScale.Shadow;

namespace PollScale.Samples.AfPacket;

/// <summary>A line a second, and the sum.</summary>
internal sealed class InterfaceReport(PacketRing ring, LcoreScaler scaler)
{
    private ulong _received, _came, _dropped, _calls;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private int _backlog;

    /// <summary>Frames that waited after a poll.</summary>
    public void Saw(int backlog) => _backlog = Math.Max(_backlog, backlog);

    /// <summary>What was since the last line; savings and residency are since the start.</summary>
    public void Write()
    {
        Count();
        ulong received = scaler.Counters.Received, calls = scaler.Calls;
        Console.WriteLine($"{received - _received,9} packets/s, backlog up to {_backlog,4}, {calls - _calls,5} changes, P{scaler.LastGranted,-2} {Saved()}");
        (_received, _calls, _backlog) = (received, calls, 0);
    }

    /// <summary>What was in all.</summary>
    public void End(ulong digest)
    {
        Count();
        Console.WriteLine($"{scaler.Counters.Received} packets received, {_came} came, {_dropped} dropped by a full ring, {ring.Backlog} left in it; digest {digest:x}.");
        if (scaler.Waits > 0)
        {
            Console.WriteLine($"{scaler.Waits} waits, of {scaler.Idled.TotalMicroseconds / scaler.Waits:0} us on average: {100 * scaler.Idled / _time.Elapsed:0} % of the time.");
        }

        Console.WriteLine(scaler.Shadow?.Text ?? $"{scaler.Calls} changes of frequency asked for.");
    }

    // The kernel counts 32 bits, from one look to the next.
    private void Count()
    {
        (uint came, uint dropped) = ring.Count();
        (_came, _dropped) = (_came + came, _dropped + dropped);
    }

    private string Saved() => scaler.Shadow is ShadowReport shadow
        ? $"would have saved {100 * shadow.SavedShare:0.0} %; {string.Join(' ', shadow.Residency.Select((share, pState) => (share, pState)).Where(part => part.share >= 0.02).Select(part => $"P{part.pState} {100 * part.share:0} %"))}"
        : "";
}
