using PollScale.Clock;
using PollScale.HostStub.Machine;
using PollScale.Hypercall;
using PollScale.Memif;
using PollScale.Telemetry;

namespace PollScale.HostStub.Tests.Run;

/// <summary>A guest that is a managed thread: an echo forwarder over the packet region, with the telemetry of the real one.</summary>
internal sealed unsafe class FakeGuest : IGuest, IStatusSink
{
    private const int Misbehaves = 1000;
    private readonly GuestConfig _config;
    private readonly FakeGuestMode _mode;
    private readonly PacketRegion _region;
    private readonly ulong* _telemetry;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ended = new();
    private volatile string? _stop;

    public FakeGuest(GuestConfig config, FakeGuestMode mode)
    {
        _config = config;
        _mode = mode;
        _region = PacketRegion.At((byte*)config.RegionAddress, (int)config.RegionSize);
        _telemetry = (ulong*)((byte*)config.RegionAddress + _region.Layout.Telemetry);
        CreatedTsc = TscClock.Now;
        _thread = new Thread(Run) { Name = "fake guest", IsBackground = true };
        config.AttachStatus(this);
    }

    public string Doorbell => "mmio";

    public ulong CreatedTsc { get; }

    public GuestOutcome? Outcome { get; private set; }

    public int Published { get; private set; }

    public void Publish(int pState, uint kHz, ulong tsc, uint stretchQ16) => Published++;

    public void Start() => _thread.Start();

    public void RaisePriority()
    {
    }

    public bool Wait(TimeSpan timeout) => _ended.Wait(timeout);

    public void Stop(string cause) => _stop ??= cause;

    public void Dispose()
    {
        if (_thread.ThreadState != ThreadState.Unstarted)
        {
            Stop("disposed");
            _thread.Join();
        }

        _region.Dispose();
        _ended.Dispose();
    }

    private ref ulong Field(int offset) => ref _telemetry[offset / sizeof(ulong)];

    private void Run()
    {
        _config.ConsoleLine?.Invoke("hello from the guest\u001b[2J");
        Field(LcoreTelemetryLayout.MainTsc) = TscClock.Now;
        try
        {
            GuestOutcome outcome = _mode switch
            {
                FakeGuestMode.LeavesAtOnce => Exited(0),
                FakeGuestMode.NeverPolls => Stall(),
                _ => Forward(),
            };
            Outcome = _stop is string cause && outcome.End != GuestEnd.Failed ? new GuestOutcome(GuestEnd.Stopped, -1, cause, "rip=0", "out") : outcome;
        }
        finally
        {
            _ended.Set();
        }
    }

    private GuestOutcome Forward()
    {
        RxPacket[] burst = new RxPacket[RxQueue.MaxBurst];
        Volatile.Write(ref Field(LcoreTelemetryLayout.State), (ulong)LcoreState.Polling);
        ulong seen = 0;
        while (_stop is null)
        {
            bool stopping = _region.StopRequested && _mode != FakeGuestMode.IgnoresStop;
            int count = _region.RxQueue.Burst(burst);
            Volatile.Write(ref Field(LcoreTelemetryLayout.Polls), Field(LcoreTelemetryLayout.Polls) + 1);
            for (int i = 0; i < count; i++)
            {
                ForwardOne(burst[i], ++seen);
            }

            _region.TxQueue.Publish();
            _region.RxQueue.Release(count);
            if (seen >= Misbehaves && Misbehave() is GuestOutcome outcome)
            {
                return outcome;
            }

            if (count == 0 && stopping)
            {
                if (_mode == FakeGuestMode.Lies)
                {
                    new Random(1).NextBytes(new Span<byte>((byte*)_telemetry + 16, LcoreTelemetryLayout.Size - 16));
                }

                Volatile.Write(ref Field(LcoreTelemetryLayout.State), (ulong)LcoreState.Done);
                return Exited(0);
            }

            Thread.Yield();
        }

        return Exited(0);
    }

    private void ForwardOne(RxPacket packet, ulong number)
    {
        Field(LcoreTelemetryLayout.Received)++;
        new LogLinearHistogram((byte*)_telemetry + LcoreTelemetryLayout.Delay).Record(TscClock.Now - packet.SendTsc);
        if (number % 50 == 0)
        {
            ulong before = TscClock.Now;
            _config.Service.Answer(0, new FrequencyCall(FrequencyOp.Step, number % 100 == 0 ? 1 : -1), before);
            new LogLinearHistogram((byte*)_telemetry + LcoreTelemetryLayout.RoundTrip).Record(TscClock.Now - before);
            Field(LcoreTelemetryLayout.Calls)++;
        }

        if (number % 10 == 0 && _mode is FakeGuestMode.DropsHonestly or FakeGuestMode.DropsSilently)
        {
            Field(LcoreTelemetryLayout.Drops + (8 * (int)DropCause.NoRoute)) += _mode == FakeGuestMode.DropsHonestly ? 1ul : 0;
            return;
        }

        if (_region.TxQueue.TrySend(packet))
        {
            Field(LcoreTelemetryLayout.Forwarded)++;
        }
        else
        {
            Field(LcoreTelemetryLayout.Drops + (8 * (int)DropCause.TxFull))++;
        }
    }

    private GuestOutcome? Misbehave() => _mode switch
    {
        FakeGuestMode.Hangs => Stall(),
        FakeGuestMode.Crashes => new GuestOutcome(GuestEnd.Failed, -1, "page fault at 0xdead", "rip=0xdead\nrsp=0xbeef", "about to crash\n"),
        FakeGuestMode.ExitsEarly => Exited(7),
        _ => null,
    };

    private GuestOutcome Stall()
    {
        while (_stop is null)
        {
            Thread.Sleep(1);
        }

        return Exited(0);
    }

    private static GuestOutcome Exited(int code) => new(GuestEnd.Exited, code, $"exited with {code}", null, "");
}
