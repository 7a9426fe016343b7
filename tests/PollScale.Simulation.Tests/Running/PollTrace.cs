using PollScale.Simulation.Cores;

namespace PollScale.Simulation.Tests.Running;

/// <summary>
/// What one lcore saw, poll by poll, and what became of its calls: idle and busy stretches, backlogs that nobody tells, pauses, leaps of the
/// clock either way, refusals. From one seed.
/// </summary>
internal sealed class PollTrace
{
    public const int Burst = 32;
    private SeedStream _random;

    public PollTrace(int seed, int stretches = 120)
    {
        _random = new SeedStream((ulong)seed, 7);
        List<Poll> polls = [];
        for (int i = 0; i < stretches; i++)
        {
            Stretch(polls);
        }

        Polls = polls;
        int faults = Pick(3) == 0 ? 3 : 30;
        Calls = [.. Enumerable.Range(0, 64).Select(_ => new CallResult(Pick(50_000) * TestCores.Ns, CallResult.Never, Pick(faults) != 0))];
    }

    public IReadOnlyList<Poll> Polls { get; }

    /// <summary>What calls take and whether they are granted, over and over.</summary>
    public IReadOnlyList<CallResult> Calls { get; }

    private void Stretch(List<Poll> polls)
    {
        int kind = Pick(20), length = (1 + Pick(200)) * (kind < 3 ? 200 : 1), packetNs = 100 + Pick(900), backlog = Pick(4) == 0 ? Pick(4000) : 0;
        bool tells = Pick(6) != 0;
        for (int i = 0; i < length; i++)
        {
            int received = kind < 6 ? 0 : kind < 12 ? Burst : Pick(Burst + 1);
            backlog = Math.Clamp(backlog + (kind < 9 ? Pick(60) : Pick(80) - 40), 0, 4096);
            polls.Add(new Poll(60 + Pick(40) + (received * packetNs), received, tells ? (received < Burst ? 0 : backlog) : -1));
        }

        if (kind < 3)
        {
            polls.Add(new Poll(100, Burst, 500 + Pick(3500)));
        }

        long pause = kind switch { 12 => 4_000_000, 13 => 300_000_000, 14 => 20_000_000_000, 15 => -2_000_000_000, _ => 0 };
        polls.Add(new Poll(100 + pause, 0, Pick(100)));
    }

    private int Pick(int limit) => (int)_random.NextBelow(limit);

    /// <param name="Ns">Time since the poll before; negative where the clock leapt back.</param>
    /// <param name="Received">Packets it returned.</param>
    /// <param name="Backlog">Packets left; -1 where nobody tells.</param>
    public readonly record struct Poll(long Ns, int Received, int Backlog);
}
