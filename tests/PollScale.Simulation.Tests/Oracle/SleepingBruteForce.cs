using PollScale.Simulation.Oracle;

namespace PollScale.Simulation.Tests.Oracle;

/// <summary>
/// The least energy of all schedules of a core that may sleep, on a grid of steps: in each it works at some P-state, sleeps on, or leaves its idle state, and packets are served in parts of one.
/// Nothing is known of what bounds the oracle uses: every step of every schedule is looked at, those alike so far once.
/// </summary>
internal sealed class SleepingBruteForce
{
    private readonly SleepingCore _core;
    private readonly int[] _partsPerStep;
    private readonly long _step;
    private readonly List<(int State, int Age, int Leaves)> _modes = [(Awake, 0, 0)];
    private Dictionary<(int Done, int Mode), double> _least = [];

    private const int Awake = -1;

    /// <param name="core">The core.</param>
    /// <param name="partsPerStep">Parts of packets that each P-state serves in a step.</param>
    /// <param name="step">Length of a step in simulated time, of which residencies and latencies are multiples.</param>
    public SleepingBruteForce(SleepingCore core, int[] partsPerStep, long step)
    {
        (_core, _partsPerStep, _step) = (core, partsPerStep, step);
        for (int state = 0; state < core.Idle.List.Count; state++)
        {
            int residency = Math.Max(1, (int)(core.Idle.List[state].LeastResidency / step)), exit = (int)(core.Idle.List[state].ExitLatency / step);
            _modes.AddRange(Enumerable.Range(1, residency).Select(age => (state, age, 0)));
            _modes.AddRange(Enumerable.Range(1, exit).Select(left => (state, residency, left)));
        }
    }

    /// <param name="arrived">Parts that have arrived before each edge of a step, the last one included.</param>
    /// <param name="due">Parts that must be done by then.</param>
    /// <returns>Energy in J; infinity where no schedule keeps the bounds.</returns>
    public double Solve(int[] arrived, int[] due)
    {
        // A sleep may have begun before the start, and may last beyond the end.
        _least = Enumerable.Range(0, _modes.Count).ToDictionary(mode => (0, mode), _ => 0.0);
        double seconds = _step / 1e12;
        for (int edge = 1; edge < arrived.Length; edge++)
        {
            Dictionary<(int Done, int Mode), double> before = _least;
            _least = [];
            foreach (((int done, int mode), double joules) in before)
            {
                (int state, int age, int leaves) = _modes[mode];
                if (state == Awake)
                {
                    Work(done, joules);
                    Reach(done, 0, joules + (_core.Idle.List[0].Watts * seconds));
                    for (int entered = 0; entered < _core.Idle.List.Count; entered++)
                    {
                        Sleep(done, entered, 0, joules);
                    }
                }
                else if (leaves > 0)
                {
                    Reach(done, leaves == 1 ? 0 : _modes.IndexOf((state, age, leaves - 1)), joules + (_core.Watts.Min() * seconds));
                }
                else
                {
                    Sleep(done, state, age, joules);
                }
            }

            foreach ((int Done, int Mode) key in _least.Keys.Where(key => key.Done > arrived[edge] || key.Done < due[edge]).ToArray())
            {
                _least.Remove(key);
            }
        }

        return _least.Count == 0 ? double.PositiveInfinity : _least.Values.Min();

        void Work(int done, double joules)
        {
            for (int pState = 0; pState < _partsPerStep.Length; pState++)
            {
                for (int served = 0; served <= _partsPerStep[pState]; served++)
                {
                    Reach(done + served, 0, joules + (_core.Watts[pState] * seconds));
                }
            }
        }

        // One step more in a state; from its least residency on it may be left.
        void Sleep(int done, int state, int age, double joules)
        {
            joules += _core.Idle.List[state].Watts * seconds;
            int oldest = _modes.Where(mode => mode.State == state).Max(mode => mode.Age), now = Math.Min(age + 1, oldest);
            Reach(done, _modes.IndexOf((state, now, 0)), joules);
            if (now == oldest)
            {
                int exit = (int)(_core.Idle.List[state].ExitLatency / _step);
                Reach(done, exit == 0 ? 0 : _modes.IndexOf((state, oldest, exit)), joules);
            }
        }

        void Reach(int done, int mode, double joules)
        {
            if (!_least.TryGetValue((done, mode), out double known) || joules < known)
            {
                _least[(done, mode)] = joules;
            }
        }
    }
}
