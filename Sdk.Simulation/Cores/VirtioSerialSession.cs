namespace PollScale.Simulation.Cores;

/// <summary>A virtio-serial port and the daemon behind it in one run.</summary>
internal sealed class VirtioSerialSession : IChannelSession
{
    private const ulong PhaseSalt = 0x5E41;
    private readonly VirtioSerial _port;
    private readonly long[] _taken;
    private long _sent;
    private long _listensFrom;

    public VirtioSerialSession(VirtioSerial port, ulong seed)
    {
        _port = port;
        _taken = new long[port.Capacity];
        _listensFrom = -new SeedStream(seed, PhaseSalt).NextBelow(2 * port.TurnTime);
    }

    public CallResult Send(long time)
    {
        // The message sent a capacity before this one must have been taken.
        ref long slot = ref _taken[_sent % _taken.Length];
        if (_sent >= _taken.Length && slot > time)
        {
            return new CallResult(_port.RefusalTime, CallResult.Never, Granted: false);
        }

        long taken = TakenAt(time + _port.WriteTime);
        slot = taken;
        _sent++;
        long written = taken + _port.SysfsTime;
        _listensFrom = written + _port.TurnTime;
        return new CallResult(_port.WriteTime, written, Granted: true);
    }

    // While no message comes the daemon listens for a turn and is deaf for a turn, by turns.
    private long TakenAt(long ready)
    {
        if (ready <= _listensFrom)
        {
            return _listensFrom;
        }

        long cycle = 2 * _port.TurnTime;
        long within = (ready - _listensFrom) % cycle;
        return within < _port.TurnTime ? ready : ready + cycle - within;
    }
}
