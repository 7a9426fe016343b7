namespace PollScale.Simulation.Tests.Oracle;

/// <summary>The optimal schedule as Yao, Demers and Shenker find it: over and over the interval of the highest density. Cubic a round: a check only.</summary>
internal static class YdsSchedule
{
    /// <summary>Length and speed of each interval.</summary>
    public static List<(double Length, double Speed)> Solve(IEnumerable<(double Release, double Deadline, double Work)> jobs)
    {
        List<(double Release, double Deadline, double Work)> left = [.. jobs];
        List<(double Length, double Speed)> intervals = [];
        while (left.Count > 0)
        {
            (double From, double To, double Speed) best = (0, 0, -1);
            foreach (double from in left.Select(job => job.Release).Distinct())
            {
                foreach (double to in left.Select(job => job.Deadline).Where(deadline => deadline > from).Distinct())
                {
                    double speed = left.Where(job => job.Release >= from && job.Deadline <= to).Sum(job => job.Work) / (to - from);
                    best = speed > best.Speed ? (from, to, speed) : best;
                }
            }

            intervals.Add((best.To - best.From, best.Speed));
            left = [.. left.Where(job => job.Release < best.From || job.Deadline > best.To).Select(job => (Cut(job.Release), Cut(job.Deadline), job.Work))];

            double Cut(double time) => time - Math.Clamp(time - best.From, 0, best.To - best.From);
        }

        return intervals;
    }
}
