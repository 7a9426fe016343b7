using PollScale.Clock;
using PollScale.Governors;
using PollScale.Polling;
using PollScale.Tests.Transports;
using PollScale.Transports;

namespace PollScale.Tests.Scaling;

/// <summary>A scaler on a loopback host, a clock that the test sets, and a governor that does as told and keeps its samples.</summary>
internal sealed class ScalerLab : IDisposable
{
    public const ulong Period = 50_000; // 20 us at 2.5 GHz

    public LoopbackTransport Host { get; init; } = new(FakeHost.Table());

    public Told Governor { get; } = new();

    public ulong Now { get; set; } = 1UL << 50;

    public LcoreScalerOptions Options => new()
    {
        Transport = Host,
        Governor = _ => Governor,
        Pinning = ThreadPinning.Ignore,
        Ticks = () => Now,
        Frequency = new TscFrequency(2_500_000, TscSource.Calibration),
    };

    /// <summary>Polls until a decision, in a period's time.</summary>
    public void Pass(LcoreScaler scaler, int received = 0, int backlog = 0, ulong ticks = Period)
    {
        Now += ticks;
        ulong before = scaler.Decisions;
        while (scaler.Decisions == before)
        {
            scaler.Observe(received, backlog);
        }
    }

    public void Dispose() => Host.Dispose();

    internal sealed class Told : IExplainedGovernor, IWaitingGovernor
    {
        public ScalingDecision Next { get; set; }

        public DecisionReason LastReason { get; set; }

        public double ArrivalsPerSecond { get; set; }

        public ulong WaitTicks { get; set; }

        public List<QueueSample> Samples { get; } = [];

        public QueueSample Last => Samples[^1];

        public ScalingDecision Decide(in QueueSample sample)
        {
            Samples.Add(sample);
            return Next;
        }
    }
}
