using PollScale.Clock;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Tests.Transports;
using PollScale.Transports;

namespace PollScale.Tests.Scaling;

/// <summary>
/// One lcore in virtual time: packets arrive at a given rate, an unmodified scaler decides, calls stall the core and take effect
/// after the transition latency.
/// </summary>
internal sealed class SimulatedLcore : IFrequencyTransport
{
    public const uint TscKHz = 2_500_000;
    private const double EmptyPollNs = 40;
    private const int Burst = 32;
    private readonly Func<double, double> _arrivalsPerSecond;
    private readonly int _ring;
    private readonly double _callNs;
    private readonly double _cyclesPerPacket;
    private readonly double _latencyNs;
    private int _effective;
    private int _pending;
    private double _effectiveAt;
    private double _fraction;
    private readonly long[] _backlogs;
    private long _arrived;
    private int _next;

    public SimulatedLcore(Func<double, double> arrivalsPerSecond, int ring = 4096, double callUs = 50, double cyclesPerPacket = 750, PStateTable? pStates = null, Random? jitter = null, int queues = 1)
    {
        _arrivalsPerSecond = arrivalsPerSecond;
        _ring = ring;
        _callNs = callUs * 1000;
        _cyclesPerPacket = cyclesPerPacket;
        PStates = pStates ?? FakeHost.Table();
        _latencyNs = PStates.TransitionLatencyNs;
        _effective = _pending = PStates.SlowestAllowed;
        Jitter = jitter;
        _backlogs = new long[queues];
    }

    public string Doorbell => "simulated";

    public PStateTable PStates { get; }

    public bool ControlGranted => true;

    public bool Emulated => false;

    public uint StretchQ16 => StatusPageLayout.StretchOne;

    public double NowNs { get; private set; }

    public long Backlog => _backlogs.Sum();

    /// <summary>Queue of the n-th packet.</summary>
    public Func<long, int> QueueOf { get; init; } = _ => 0;

    /// <summary>Ticks by which the TSC is off, as after a leap.</summary>
    public long ClockOffset { get; set; }

    public long MaxBacklog { get; private set; }

    public long Lost { get; private set; }

    public long Received { get; private set; }

    public long Calls { get; private set; }

    /// <summary>Energy relative to the fastest P-state, at a power of the cube of the frequency.</summary>
    public double Energy { get; private set; }

    public Func<FrequencyReply?>? Fault { get; init; }

    public bool ReportsBacklog { get; init; } = true;

    public List<int> Granted { get; } = [];

    private Random? Jitter { get; }

    public FrequencyReply Call(FrequencyCall call)
    {
        if (call.Op != FrequencyOp.SetPState)
        {
            return new FrequencyReply(_pending);
        }

        Calls++;
        double transit = Jitter is null ? _callNs : _callNs * (0.5 + Jitter.NextDouble() / 2);
        Advance(transit);
        if (Fault?.Invoke() is FrequencyReply fault)
        {
            return fault;
        }

        _pending = PStates.Clamp(call.Argument);
        _effectiveAt = NowNs + (Jitter is null ? _latencyNs : _latencyNs * Jitter.NextDouble());
        Granted.Add(_pending);
        return new FrequencyReply(_pending);
    }

    public LcoreScaler MakeScaler(Func<GovernorContext, IGovernor>? governor = null) => new(Options(governor));

    public LcoreScalerOptions Options(Func<GovernorContext, IGovernor>? governor = null) => new()
    {
        Transport = this,
        Governor = governor ?? (context => new OptimalAvailableGovernor(context, new OptimalAvailableOptions { DelayBound = TimeSpan.FromMilliseconds(1) })),
        RingSize = _ring,
        Pinning = ThreadPinning.Ignore,
        Queues = _backlogs.Length,
        Ticks = () => (ulong)((1L << 60) + ClockOffset + (long)(NowNs * TscKHz / 1e6)),
        Frequency = new TscFrequency(TscKHz, TscSource.Calibration),
    };

    public void Run(LcoreScaler scaler, double seconds)
    {
        double end = NowNs + seconds * 1e9;
        while (NowNs < end)
        {
            int queue = _next++ % _backlogs.Length;
            int burst = (int)Math.Min(Burst, _backlogs[queue]);
            _backlogs[queue] -= burst;
            Received += burst;
            int backlog = ReportsBacklog ? (int)_backlogs[queue] : -1;
            if (_backlogs.Length == 1)
            {
                scaler.Observe(burst, backlog);
            }
            else
            {
                scaler.ObserveQueue(queue, burst, backlog);
            }

            double cyclesPerNs = PStates[_effective] / 1e6;
            Advance(EmptyPollNs + burst * _cyclesPerPacket / cyclesPerNs);
        }
    }

    public void Dispose()
    {
    }

    private void Advance(double ns)
    {
        _fraction += _arrivalsPerSecond(NowNs / 1e9) * ns / 1e9;
        long arrived = (long)_fraction;
        _fraction -= arrived;
        for (long i = 0; i < arrived; i++)
        {
            _backlogs[QueueOf(_arrived++)]++;
        }

        MaxBacklog = Math.Max(MaxBacklog, Backlog);
        foreach (ref long backlog in _backlogs.AsSpan())
        {
            Lost += Math.Max(0, backlog - _ring);
            backlog = Math.Min(backlog, _ring);
        }

        Energy += ns * Math.Pow((double)PStates[_effective] / PStates[0], 3);
        NowNs += ns;
        if (NowNs >= _effectiveAt)
        {
            _effective = _pending;
        }
    }
}
