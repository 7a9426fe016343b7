using PollScale.HostStub.Traffic;
using PollScale.Memif;
using PollScale.Telemetry;

namespace PollScale.HostStub.Tests.Traffic;

/// <summary>A guest in a thread: forwards every packet as it came, until the host asks it to stop.</summary>
internal sealed unsafe class EchoGuest : IDisposable
{
    private readonly PacketRegion _region;
    private readonly Thread _thread;
    private readonly Action<RxPacket>? _onPacket;
    private volatile bool _quit;

    public EchoGuest(PacketMemory memory, Action<RxPacket>? onPacket = null)
    {
        _region = PacketRegion.Open($"/proc/self/fd/{memory.Fd}");
        _onPacket = onPacket;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public ulong Received { get; private set; }

    public ulong TxFull { get; private set; }

    public bool InOrder { get; private set; } = true;

    public void Join() => _thread.Join();

    public void Dispose()
    {
        _quit = true;
        _thread.Join();
        _region.Dispose();
    }

    private void Run()
    {
        RxPacket[] packets = new RxPacket[RxQueue.MaxBurst];
        long last = -1;
        _region.SetState(LcoreState.Polling);
        while (!_quit)
        {
            // The flag is read before the ring: what was sent before it was set is then all there.
            bool stop = _region.StopRequested;
            int count = _region.RxQueue.Burst(packets);
            for (int i = 0; i < count; i++)
            {
                Received++;
                InOrder &= packets[i].IsValid && (long)packets[i].Sequence > last;
                last = (long)packets[i].Sequence;
                _onPacket?.Invoke(packets[i]);
                TxFull += _region.TxQueue.TrySend(packets[i]) ? 0UL : 1UL;
            }

            _region.TxQueue.Publish();
            _region.RxQueue.Release(count);
            if (count == 0 && stop)
            {
                _region.SetState(LcoreState.Done);
                return;
            }
        }
    }
}
