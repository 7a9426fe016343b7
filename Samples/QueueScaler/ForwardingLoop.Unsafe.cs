using PollScale.Clock;
using PollScale.Memif;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Telemetry;

namespace PollScale.Samples.QueueScaler;

/// <summary>
/// The hot loop: rx burst, forward, tx, tell the scaler, and wait where nothing came and the governor says that it may. It allocates nothing and makes no system call;
/// what the scaler decides is its only way out of the core. While the link is down its polls are empty.
/// </summary>
internal sealed class ForwardingLoop<TClock, TLink>
    where TClock : struct, IWorkClock
    where TLink : struct, IPacketLink
{
    private readonly TLink _link;
    private readonly LcoreScaler _scaler;
    private readonly LcoreTelemetry _telemetry;
    private readonly Forwarder _forwarder;
    private readonly TClock _clock;
    private readonly ShownDecisions? _decisions;
    private readonly RxPacket[] _packets;
    private WorkStretcher<TClock> _stretcher;

    /// <summary>Makes a loop; run it on the scaler's thread.</summary>
    /// <param name="link">Rings.</param>
    /// <param name="block">Where it counts.</param>
    /// <param name="table">Routes.</param>
    /// <param name="scaler">Told of every poll.</param>
    /// <param name="clock">TSC and stretch.</param>
    /// <param name="standInTicks">Stand-in work a packet, in TSC ticks.</param>
    /// <param name="burst">Most packets a poll takes, 1 .. <see cref="RxQueue.MaxBurst"/>.</param>
    /// <param name="slows">Packet work is stretched as the clock says even where P-states are real.</param>
    /// <param name="decisions">Shows the host what was decided, of the scaler's trace; null for nothing.</param>
    public ForwardingLoop(
        TLink link, TelemetryBlock block, Dir24_8 table, LcoreScaler scaler, TClock clock, ulong standInTicks, int burst, bool slows = false, ShownDecisions? decisions = null)
    {
        _link = link;
        _scaler = scaler;
        _telemetry = new LcoreTelemetry(block);
        _forwarder = new Forwarder(table);
        _clock = clock;
        _decisions = decisions;
        _packets = new RxPacket[burst];
        _stretcher = new WorkStretcher<TClock>(clock, standInTicks, scaler.Transport.Emulated || slows);
    }

    /// <summary>Own processing time a packet, the mean of all, in ticks; 0 unless packet work is stretched.</summary>
    public ulong OwnTicks => _stretcher.MeanOwnTicks;

    /// <summary>Polls until the host has stopped and the rx ring is drained.</summary>
    /// <param name="cancel">Ends it after the burst in work, whatever waits.</param>
    /// <returns>False when <paramref name="cancel"/> ended it.</returns>
    public bool Run(CancellationToken cancel)
    {
        _telemetry.Polling(_clock.Ticks);
        while (!cancel.IsCancellationRequested)
        {
            RxQueue? rx = _link.Poll() ? _link.Rx : null;
            int received = rx is null ? 0 : rx.Burst(_packets);
            _telemetry.Poll(received, _packets.Length);
            if (received > 0)
            {
                Process(rx!, _link.Tx, _packets.AsSpan(0, received));
            }

            else if (_link.IsStopped && _link.Rx.Backlog == 0)
            {
                return true;
            }

            ulong calls = _scaler.Calls;
            _scaler.Observe(received, rx is null ? 0 : rx.Backlog);
            if (_scaler.Calls != calls)
            {
                ShowScaling();
            }

            if (received == 0 && _scaler.Idle())
            {
                _telemetry.Waited(_scaler.Waits, TscClock.FromNanoseconds((ulong)_scaler.Idled.TotalNanoseconds));
            }
        }

        return false;
    }

    /// <summary>Shows the host what the scaler did so far.</summary>
    public void ShowScaling()
    {
        _telemetry.Scaled(_scaler.Calls, _scaler.LastGranted);
        _decisions?.Show();
    }

    private void Process(RxQueue rx, TxQueue tx, Span<RxPacket> packets)
    {
        ulong start = _clock.Ticks;
        int forwarded = 0;
        foreach (ref readonly RxPacket packet in packets)
        {
            if (!packet.IsValid)
            {
                _telemetry.Drop(DropCause.BadDescriptor);
                continue;
            }

            if (packet.IsStamped)
            {
                _telemetry.Delay(start, packet.SendTsc);
            }

            if (TryForward(tx, packet, out DropCause cause))
            {
                forwarded++;
            }
            else
            {
                _telemetry.Drop(cause);
            }
        }

        _telemetry.Worked(_stretcher.Finish(start, packets.Length));
        tx.Publish();
        rx.Release(packets.Length);
        _telemetry.Forwarded(forwarded);
    }

    // SAFETY: the packet was checked by the rx queue and is released after this.
    private unsafe bool TryForward(TxQueue tx, in RxPacket packet, out DropCause cause)
    {
        if (!_forwarder.TryForward(packet.Frame, packet.Length, out cause))
        {
            return false;
        }

        cause = DropCause.TxFull;
        return tx.TrySend(packet);
    }
}
