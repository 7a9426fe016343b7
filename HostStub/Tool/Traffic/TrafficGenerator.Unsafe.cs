using System.Diagnostics;
using PollScale.Clock;
using PollScale.HostStub.Placement;
using PollScale.Placement;
using PollScale.HostStub.Traffic.Frames;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.Memif;
using PollScale.Telemetry;

namespace PollScale.HostStub.Traffic;

/// <summary>
/// Sends a <see cref="TrafficSource"/> into a guest's rx ring and takes back what it forwards, on one thread of its own:
/// waits until the guest polls, sends, asks the guest to stop, drains until the guest is done.
/// </summary>
internal sealed class TrafficGenerator
{
    private readonly PacketMemory _memory;
    private readonly TrafficOptions _options;
    private readonly ITrafficPollHook? _hook;
    private readonly PacketSender _sender;
    private readonly HostThread _thread;
    private TrafficSnapshot _final;
    private volatile TrafficPhase _phase;
    private volatile bool _stop;
    private volatile bool _abort;
    private volatile bool _timeUp;
    private volatile string? _warning;
    private volatile string? _problem;

    /// <param name="memory">The guest's region; must outlive the run.</param>
    /// <param name="source">What to send; must outlive the run, and serves one run only.</param>
    /// <param name="options">How.</param>
    /// <param name="hook">Runs each iteration, from the start until the end.</param>
    /// <param name="tap">Shown every frame that the guest forwarded; null for none.</param>
    /// <exception cref="TrafficException">A frame is longer than the region's buffers, or an option is not valid.</exception>
    public TrafficGenerator(PacketMemory memory, TrafficSource source, TrafficOptions options, ITrafficPollHook? hook = null, IForwardedTap? tap = null)
    {
        _memory = memory;
        _options = options;
        _hook = hook;
        _sender = new PacketSender(memory, source.Profile, source.Frames, options, hook, tap);
        _thread = new HostThread("traffic", Run, Fail);
    }

    /// <summary>Phase.</summary>
    public TrafficPhase Phase => _phase;

    /// <summary>One sentence about what the kernel refused without harm; null when nothing.</summary>
    public string? Warning => _warning;

    /// <summary>One sentence why the run did not go as asked; null when it did, or was stopped.</summary>
    public string? Problem => _problem;

    /// <summary>True when the duration ended sending before the profile did.</summary>
    public bool IsTimeUp => _timeUp;

    /// <summary>Starts; returns at once.</summary>
    public void Start()
    {
        _phase = TrafficPhase.Waiting;
        _thread.Start();
    }

    /// <summary>Ends sending now; the guest is asked to stop and what it still forwards is counted. From any thread.</summary>
    public void Stop() => _stop = true;

    /// <summary>Ends at once, without waiting for the guest: it is gone. From any thread.</summary>
    public void Abort()
    {
        _abort = true;
        _stop = true;
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>True when it ended within <paramref name="timeout"/>.</returns>
    public bool Wait(TimeSpan timeout) => _thread.Join(timeout);

    /// <summary>The counters; from any thread. Once the run has ended they are final, and the region may be gone.</summary>
    public TrafficSnapshot Snapshot()
    {
        TrafficPhase phase = _phase;
        return phase == TrafficPhase.Ended ? _final : _sender.Snapshot(phase);
    }

    /// <summary>Where the traffic stands; on the traffic thread, from the hook.</summary>
    /// <param name="now">TSC now.</param>
    public TrafficGlance Glance(ulong now) => _sender.Glance(now);

    /// <summary>Frames that entered the ring although a forwarder must drop them for <paramref name="cause"/>.</summary>
    public ulong Malformed(DropCause cause) => _sender.Malformed(cause);

    private void Run()
    {
        try
        {
            if (_options.Cpu is { } cpu)
            {
                ThreadPlacement.Pin(cpu);
            }

            if (WaitForGuest())
            {
                _phase = TrafficPhase.Sending;
                Send();
                _phase = TrafficPhase.Draining;
                Drain();
            }
        }
        catch (Exception e) when (e is TrafficException or PlacementException)
        {
            _problem = e.Message;
        }
        catch (Exception e)
        {
            _problem = Failed(e);
        }
        finally
        {
            _memory.RequestStop();
            _final = _sender.Snapshot(TrafficPhase.Ended);
            _phase = TrafficPhase.Ended;
        }
    }

    // Not even the end succeeded: nobody may wait for it.
    private void Fail(Exception e)
    {
        _problem ??= Failed(e);
        _phase = TrafficPhase.Ended;
    }

    private static string Failed(Exception e) => $"The traffic generator failed: {e}";

    /// <summary>Compiles the loop before it counts: a JIT pause would be a stall of the generator, and beside a booting guest a delay of its boot.</summary>
    public static void WarmUp()
    {
        const int Iterations = 2000;
        using PacketMemory scratch = new(PacketRegionLayout.Create(5, 5, 128));
        using FramePool frames = new(FrameSizes.Default, 0.5, 0, 1);
        PacketSender sender = new(scratch, TrafficProfile.Parse("constant:rate=10Mpps", 0), frames, new TrafficOptions(), null);
        using PacketRegion guest = RegionOf(scratch);
        RxPacket[] packets = new RxPacket[RxQueue.MaxBurst];
        sender.Begin();
        for (int i = 0; i < Iterations; i++)
        {
            sender.Iterate();
            int count = guest.RxQueue.Burst(packets);
            for (int j = 0; j < count; j++)
            {
                guest.TxQueue.TrySend(packets[j]);
            }

            guest.TxQueue.Publish();
            guest.RxQueue.Release(count);
        }
    }

    // SAFETY: the view has the memory's own size and is disposed before it.
    private static unsafe PacketRegion RegionOf(PacketMemory memory) => PacketRegion.At((byte*)memory.Address, memory.Size);

    private bool WaitForGuest()
    {
        long start = Stopwatch.GetTimestamp();
        long polling = 0;
        while (polling == 0 || Stopwatch.GetElapsedTime(polling) < _options.Settle)
        {
            if (_stop)
            {
                return false;
            }

            if (polling == 0 && _memory.State >= LcoreState.Polling)
            {
                polling = Stopwatch.GetTimestamp();
                continue;
            }

            if (polling == 0 && Stopwatch.GetElapsedTime(start) > _options.StartTimeout)
            {
                _problem = $"The guest did not poll its rx ring within {_options.StartTimeout.TotalSeconds:0.#} s (it is {_memory.State}): nothing was sent. Its own output tells why.";
                return false;
            }

            _hook?.Poll(TscClock.Now);
            Thread.Sleep(1);
        }

        return true;
    }

    private void Send()
    {
        if (!ThreadPlacement.TrySchedule(_options.Scheduling))
        {
            _warning = $"The traffic generator runs as any other thread: {_options.Scheduling} scheduling is not permitted. Grant CAP_SYS_NICE to have it.";
        }

        _sender.Begin();
        while (!_stop && _sender.Iterate())
        {
        }

        if (_sender.IsStuck)
        {
            _problem = $"The guest released no packet for {_options.RoomTimeout.TotalSeconds:0.#} s, while its rings were full: the replay ended after {_sender.Offered} packets.";
        }
        else
        {
            _timeUp = !_stop && !_sender.IsProfileOver;
        }
    }

    private void Drain()
    {
        _memory.RequestStop();
        long start = Stopwatch.GetTimestamp();
        while (!_abort)
        {
            // The state is read before the ring: what the guest sent before it was done is then all there.
            bool done = _memory.State == LcoreState.Done;
            bool empty = _sender.Drain(TscClock.Now) == 0;
            if (done && empty)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > _options.DrainTimeout)
            {
                _problem ??= $"The guest was asked to stop and was not done within {_options.DrainTimeout.TotalSeconds:0.#} s: packets it still held are counted as not forwarded.";
                return;
            }
        }
    }
}
