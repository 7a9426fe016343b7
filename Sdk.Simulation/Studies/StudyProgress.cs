namespace PollScale.Simulation.Studies;

/// <summary>How much of a study is done: the shares of its runs, which go on at once.</summary>
/// <param name="runs">How many runs there are.</param>
/// <param name="told">Told the share done, 0 .. 1, when it has grown; from any thread. Null for nobody.</param>
internal sealed class StudyProgress(int runs, Action<double>? told)
{
    private readonly Lock _lock = new();
    private double _done;

    /// <summary>Begins a run.</summary>
    /// <returns>What is to be told the share of it that is done, which never falls, from its thread.</returns>
    public Action<double> Job()
    {
        double before = 0;
        return share =>
        {
            lock (_lock)
            {
                _done += share - before;
                before = share;
                told?.Invoke(Math.Min(1, _done / runs));
            }
        };
    }
}
