using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Costs;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Running;

namespace PollScale.Simulation.Tests.Running;

/// <summary>A random core, channel, actuator, governor and list of arrivals, from one seed.</summary>
internal sealed class RandomCase
{
    private static readonly string[] s_costs =
    [
        "flows:count=3,train=2", "size", "steps:time=100us+bursts:time=20us,gap=100us", "steal:time=30us,gap=100us", "cooling:time=50us,packets=20+steal:time=7us,gap=50us+flows",
    ];

    private SeedStream _random;

    public RandomCase(int seed)
    {
        _random = new SeedStream((ulong)seed, 1);
        Options = MakeOptions();
        Arrivals = MakeArrivals();
    }

    public PollLoopOptions Options { get; }

    public long[] Arrivals { get; }

    private PollLoopOptions MakeOptions()
    {
        int pStates = 1 + Pick(5);
        long duration = (1 + Pick(400)) * TestCores.Us * 5;
        int escalate = Pick(3) == 0 ? ScalingDecision.Never : Pick(40);
        int kind = Pick(6), sweep = 1 + Pick(5);
        ulong drift = _random.Next() | 1;
        return new PollLoopOptions
        {
            Core = new CoreModel
            {
                KHz = [.. Enumerable.Range(0, pStates).Select(i => 3_000_000u - (uint)((i * 500_000) + Pick(400_000)))],
                Watts = [.. Enumerable.Range(0, pStates).Select(i => 5.0 - i)],
                BurstSize = 1 + Pick(40),
                CyclesPerPacket = 100 + Pick(2000),
                MemoryNsPerPacket = Pick(300),
                CyclesPerPoll = 20 + Pick(500),
                MemoryNsPerPoll = Pick(200),
                IdleStates = Pick(2) == 0 ? null : new IdleStates(
                [
                    new IdleState("shallow", 1, Pick(300) * TestCores.Ns, Pick(500) * TestCores.Ns, ""),
                    new IdleState("deep", 0.2, Pick(9000) * TestCores.Ns, (500 + Pick(9000)) * TestCores.Ns, ""),
                ]),
            },
            Actuator = Pick(2) == 0
                ? new DelayActuator(Pick(40) * TestCores.Us, Pick(2) * Pick(20_000) * TestCores.Ns)
                : new SlottedActuator((1 + Pick(200_000)) * TestCores.Ns, Pick(2) * Pick(100) * TestCores.Us, Pick(2) * Pick(20_000) * TestCores.Ns),
            Channel = Pick(5) switch
            {
                4 => new LossyChannel(new VirtioSerial { WriteTime = Pick(20) * TestCores.Us, Capacity = 1 + Pick(100), Repeats = true }, Pick(2) * 0.1),
                0 => new VirtioSerial { TurnTime = (1 + Pick(200)) * TestCores.Us, Capacity = 1 + Pick(20) },
                1 => new LossyChannel(new DirectCall(Pick(3000) * TestCores.Ns), 0.1, 0.1),
                2 => new LossyChannel(new VirtioSerial(), 0.2),
                _ => new DirectCall(Pick(3000)),
            },
            Governor = context => kind switch
            {
                0 => new DrainTimeGovernor(context),
                5 => FixedGovernor.At(context.PStates, sweep % pStates),
                4 => new TestCores.Sleeper(
                    sample => new ScalingDecision((int)(sample.Polls + sample.ElapsedTicks) % sweep, escalate),
                    sample => sample.Backlog > sweep ? default : new LcoreSleep((sample.ElapsedTicks * 7) % 9000, (ulong)sweep * 300, sweep % 2 == 0, sweep % 3 == 0)),
                3 => new L3FwdPowerGovernor(context, new L3FwdPowerOptions { Gear1Packets = 1, Gear2Packets = 2, Gear3Packets = (uint)sweep + 2, TimerPeriod = TimeSpan.FromMilliseconds(1) }),
                1 => new TestCores.Rule(sample => new ScalingDecision((int)(sample.Polls + sample.ElapsedTicks + sample.CallTicks) % sweep, escalate)),
                _ => new TestCores.Rule(sample => new ScalingDecision(sample.Backlog > sweep || !sample.Settled ? 0 : sample.PState + 1, escalate)),
            },
            RingSize = 1 + Pick(300),
            DecisionPeriod = Pick(3) switch { 0 => 0, 1 => Pick(100_000) * TestCores.Ns, _ => 20 * TestCores.Us },
            DecisionCost = Pick(300) * TestCores.Ns,
            ObserveCost = Pick(5) * TestCores.Ns,
            Duration = duration,
            Warmup = Pick(2) * (duration / (1 + Pick(10))) / 2,
            DelayBound = Pick(50) * TestCores.Us,
            InitialPState = Pick(pStates),
            Seed = _random.Next(),
            CostFactor = Pick(3) == 0 ? time => 0.7 + (((ulong)time * drift) >> 44) * (0.6 / (1 << 20)) : null,
            Costs = Pick(3) == 0 ? PacketCosts.Parse(s_costs[Pick(s_costs.Length)]) : null,
            ArrivalBuffer = 1 + Pick(100),
        };
    }

    private long[] MakeArrivals()
    {
        List<long> arrivals = [];
        long gap = 100 + Pick(4_000_000), burst = 1 + Pick(200);
        for (long time = Pick(2) * Pick(1_000_000); time < Options.Duration + gap && arrivals.Count < 20_000; time += Pick(2) == 0 ? gap : _random.NextBelow(4 * gap * burst))
        {
            long together = Pick(8) == 0 ? _random.NextBelow(burst) : 1;
            for (long i = 0; i < together; i++)
            {
                arrivals.Add(time);
            }
        }

        return [.. arrivals];
    }

    private int Pick(int limit) => (int)_random.NextBelow(limit);
}
