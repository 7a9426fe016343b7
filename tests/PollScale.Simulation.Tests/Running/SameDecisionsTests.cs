using PollScale.Clock;
using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;
using Xunit;

namespace PollScale.Simulation.Tests.Running;

/// <summary>The scaler of the product and that of the simulator, side by side on the same traces.</summary>
public class SameDecisionsTests
{
    private const int Traces = 12;
    private const long Cost = 170 * TestCores.Ns;

    private const string Escalating = "a rule that asks for early decisions";

    public static TheoryData<string> Governors => [Escalating, .. ComparedGovernors.List.Entries.Select(entry => entry.TakesValue ? $"{entry.Name}:5" : entry.Name)];

    [Theory]
    [MemberData(nameof(Governors))]
    public void The_scaler_and_the_simulated_scaler_decide_alike_on_the_same_trace(string governor)
    {
        int decisions = 0, calls = 0, failed = 0, leaps = 0, early = 0;
        for (int seed = 0; seed < Traces; seed++)
        {
            PollTrace trace = new(seed);
            using Pair pair = new(trace, governor == Escalating ? Rule : ComparedGovernors.Parse(governor));
            foreach (PollTrace.Poll poll in trace.Polls)
            {
                early += pair.Pass(poll) ? 1 : 0;
            }

            Assert.Equal(pair.Simulated.Decisions, pair.Product.Decisions);
            Assert.Equal(pair.Channel.Calls, pair.Host.Calls.Select(call => (call.Time, call.Granted)));
            decisions += pair.Product.Decisions.Count;
            calls += pair.Host.Calls.Count;
            failed += pair.Host.Calls.Count(call => !call.Granted);
            leaps += pair.Product.Decisions.Count(one => one.Sample.ClockLeapt);
        }

        // The traces must reach what they are to compare.
        Assert.All([decisions, calls, failed, leaps], count => Assert.True(count >= Traces, $"{decisions} decisions, {calls} calls, {failed} failed, {leaps} leaps"));
        Assert.True(early > 10 * Traces || governor != Escalating, $"{early} decisions before their time");
    }

    private static TestCores.Rule Rule(GovernorContext context) => new(sample => new ScalingDecision((int)(sample.ElapsedTicks % 7), (sample.Backlog / 2) + 50));

    /// <summary>Both scalers on one trace. The product's decides when it does, and the simulated one is asked at the same moments.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly LcoreScaler _scaler;
        private readonly SimulatedScaler _simulated;
        private ulong _decisions;

        public Pair(PollTrace trace, Func<GovernorContext, IGovernor> governor)
        {
            Channel = new ScriptedChannel(trace.Calls);
            PollLoopOptions options = new()
            {
                Core = CoreModel.Synthetic,
                Actuator = new DelayActuator(30 * TestCores.Us),
                Channel = Channel,
                Governor = context => Simulated = new RecordedGovernor(governor(context), () => { }),
                RingSize = 4096,
                DecisionCost = Cost,
                ObserveCost = 0,
                Duration = 1000 * SimTime.Second,
            };
            Host = new ScriptedHost(options.PStates(), trace.Calls);
            _simulated = new SimulatedScaler(options, new CoreTimeline(options));
            _scaler = new LcoreScaler(new LcoreScalerOptions
            {
                Transport = Host,
                Governor = context => Product = new RecordedGovernor(governor(context), () => Host.Now += Cost),
                RingSize = options.RingSize,
                BurstSize = options.Core.BurstSize,
                Pinning = ThreadPinning.Ignore,
                Ticks = Host.Ticks,
                Frequency = new TscFrequency(SimTime.TscKHz, TscSource.Calibration),
            });
        }

        public ScriptedHost Host { get; }

        public ScriptedChannel Channel { get; }

        public RecordedGovernor Product { get; private set; } = null!;

        public RecordedGovernor Simulated { get; private set; } = null!;

        public void Dispose()
        {
            _scaler.Dispose();
            Host.Dispose();
        }

        /// <returns>True when the backlog alone brought a decision.</returns>
        public bool Pass(PollTrace.Poll poll)
        {
            Host.Now += poll.Ns * TestCores.Ns;
            long now = Host.Now;
            if (poll.Received > 0)
            {
                _simulated.CountBusy(poll.Received);
            }
            else
            {
                _simulated.CountEmpty(1);
            }

            int escalateAt = _simulated.EscalateAt;
            _scaler.Observe(poll.Received, poll.Backlog);
            if (_scaler.Decisions == _decisions)
            {
                Assert.True(poll.Backlog < escalateAt, $"the simulated scaler would decide at {poll.Backlog} packets, the product does not");
                return false;
            }

            _decisions++;
            Assert.Equal(Host.Now, _simulated.Decide(now, poll.Backlog));
            Assert.Equal(_scaler.Counters.EscalateAt, _simulated.EscalateAt);
            Assert.Equal(Product.Decisions[^1], Simulated.Decisions[^1]);
            return poll.Backlog >= escalateAt;
        }
    }
}
