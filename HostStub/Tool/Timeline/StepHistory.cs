namespace PollScale.HostStub.Timeline;

/// <summary>
/// The steps of a whole run in bounded room: where they become too many, each two become one, of twice the length. Least and greatest values, and sums, stay what they were.
/// </summary>
/// <param name="most">Most steps kept, 2 or more, even.</param>
/// <param name="stepTicks">TSC ticks of a step as it comes.</param>
internal sealed class StepHistory(int most, ulong stepTicks)
{
    private readonly List<TimelineStep> _steps = [];
    private ulong _begin;

    /// <summary>The steps, oldest first; those in which nobody looked are not there.</summary>
    public IReadOnlyList<TimelineStep> Steps => _steps;

    /// <summary>TSC ticks of a step as it is kept.</summary>
    public ulong StepTicks { get; private set; } = stepTicks;

    /// <summary>Adds a step behind the others.</summary>
    public void Add(in TimelineStep step)
    {
        if (_steps.Count == 0)
        {
            _begin = step.Tsc;
        }

        Append(_steps, step);
        while (_steps.Count > most)
        {
            StepTicks *= 2;
            List<TimelineStep> fewer = [];
            foreach (TimelineStep one in _steps)
            {
                Append(fewer, one);
            }

            _steps.Clear();
            _steps.AddRange(fewer);
        }
    }

    private void Append(List<TimelineStep> steps, in TimelineStep step)
    {
        if (steps.Count > 0 && Cell(steps[^1]) == Cell(step))
        {
            steps[^1] = steps[^1].With(step);
        }
        else
        {
            steps.Add(step);
        }
    }

    private ulong Cell(in TimelineStep step) => (step.Tsc - _begin) / StepTicks;
}
