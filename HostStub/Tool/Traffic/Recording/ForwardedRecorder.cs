using PollScale.Clock;
using PollScale.Placement;

namespace PollScale.HostStub.Traffic.Recording;

/// <summary>
/// Records what a guest forwards into a pcap file. The traffic thread copies each frame into a bounded queue; a thread of its own
/// writes. A frame that finds the queue full is not recorded, and counted.
/// </summary>
internal sealed class ForwardedRecorder : IForwardedTap, IDisposable
{
    /// <summary>Bytes of the queue: 64 MiB.</summary>
    public const int DefaultQueue = 1 << 26;

    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(2);
    private readonly FrameQueue _queue;
    private readonly PcapWriter _writer;
    private readonly HostThread _thread;
    private readonly Action? _place;
    private readonly ManualResetEventSlim _ending = new();
    private readonly ulong _startTsc;
    private readonly long _startNs;
    private ulong _taken;
    private string? _failure;
    private bool _started;

    /// <param name="path">The file.</param>
    /// <param name="place">Called first on the writing thread, to place it; null leaves it where it starts.</param>
    /// <param name="queue">Bytes of the queue, a power of two.</param>
    /// <exception cref="TrafficException">The file cannot be made.</exception>
    public ForwardedRecorder(string path, Action? place = null, int queue = DefaultQueue)
    {
        _writer = new PcapWriter(path);
        _queue = new FrameQueue(queue);
        _place = place;
        _startTsc = TscClock.Now;
        _startNs = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        _thread = new HostThread("pcap-out", Run, e => Volatile.Write(ref _failure, e.Message));
    }

    /// <summary>What was recorded; final once <see cref="Finish"/> has returned.</summary>
    public RecordedFrames Counts
    {
        get
        {
            ulong written = _writer.Written;
            return new RecordedFrames(_writer.Path, written, _writer.WrittenBytes, Volatile.Read(ref _taken) - written, Volatile.Read(ref _failure));
        }
    }

    /// <summary>Starts to write.</summary>
    public void Start()
    {
        _started = true;
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<byte> frame, ulong tsc)
    {
        Volatile.Write(ref _taken, _taken + 1);
        _ = _queue.TryPut(frame, tsc); // what it refuses is what is missing from the file
    }

    /// <summary>Writes what is left and gives the file its name. Nothing may be taken any more.</summary>
    public void Finish()
    {
        if (!_started || _ending.IsSet)
        {
            return;
        }

        _ending.Set();
        _thread.Join();
        try
        {
            _writer.Finish();
        }
        catch (IOException e)
        {
            Volatile.Write(ref _failure, _failure ?? e.Message);
        }
    }

    /// <summary>Finishes, whatever ended the run; a recorder that was not started leaves no file.</summary>
    public void Dispose()
    {
        Finish();
        _writer.Dispose();
        _queue.Dispose();
        _ending.Dispose();
    }

    private void Run()
    {
        _place?.Invoke();
        bool last;
        do
        {
            last = _ending.Wait(s_rest);
            Drain();
        }
        while (!last);
        _writer.Flush(); // the header, had no frame come
    }

    private void Drain()
    {
        bool any = false;
        while (_queue.TryPeek(out ReadOnlySpan<byte> frame, out ulong tsc))
        {
            _writer.Add(frame, TimeNs(tsc));
            any = true;
            _queue.Drop();
        }

        if (any)
        {
            _writer.Flush();
        }
    }

    private long TimeNs(ulong tsc) => _startNs + (tsc >= _startTsc
        ? (long)TscClock.ToNanoseconds(tsc - _startTsc)
        : -(long)TscClock.ToNanoseconds(_startTsc - tsc));
}
