using System.Globalization;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.Simulation.Studies;
using PollScale.Simulation.Traffic.Models;

namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>Searches the options of one governor on one part of the traffic, and tests what it finds on the other.</summary>
internal sealed class TuneSession
{
    private readonly SimulationPlan _train;
    private readonly SimulationPlan _test;
    private readonly string _trainedOn;
    private readonly string _testedOn;
    private readonly string _given;
    private readonly TunedGovernor _governor;
    private readonly IReadOnlyList<TunedOption> _open;
    private readonly Func<bool> _interrupted;

    /// <summary>Prepares a search.</summary>
    /// <param name="plan">The traffic, and one governor that can be tuned.</param>
    /// <param name="interrupted">Tells whether to stop.</param>
    /// <exception cref="PcapException">A part of the capture is too short.</exception>
    public TuneSession(SimulationPlan plan, Func<bool> interrupted)
    {
        _interrupted = interrupted;
        _given = plan.Options.Governors[0];
        _governor = TunedGovernor.Of(_given) ?? throw new ArgumentException($"{_given} cannot be tuned.", nameof(plan));
        _open = _governor.Open(_given);
        if (plan.Workloads[0].Model is TimestampTraffic capture)
        {
            // A user knows the line, not the peak of a part.
            SimulateOptions options = plan.Options with { LineRate = plan.Options.LineRate ?? plan.Peak(plan.Workloads[0]) };
            long half = plan.Study.Duration / 2;
            (TimestampTraffic first, TimestampTraffic second) = PcapTimes.Cut(capture, half);
            (_train, _test) = (SimulationPlan.ForCapture(options, first, half), SimulationPlan.ForCapture(options, second, half));
            (_trainedOn, _testedOn) = ("the first half of the capture", "the second half of the capture");
        }
        else
        {
            IReadOnlyList<ulong> seeds = plan.Study.Seeds;
            int count = (seeds.Count + 1) / 2;
            (_train, _test) = (plan, plan);
            TrainSeeds = [.. seeds.Take(count)];
            TestSeeds = [.. seeds.Skip(count)];
            (_trainedOn, _testedOn) = (Seeds(seeds[0], seeds[count - 1]), Seeds(seeds[count], seeds[^1]));
        }

        TrainSeeds ??= _train.Study.Seeds;
        TestSeeds ??= _test.Study.Seeds;
    }

    /// <summary>Seeds of the search.</summary>
    public IReadOnlyList<ulong> TrainSeeds { get; }

    /// <summary>Seeds of the test.</summary>
    public IReadOnlyList<ulong> TestSeeds { get; }

    /// <summary>Searches and tests.</summary>
    /// <param name="progress">Told the share done, 0 .. 1, and what is running; from any thread.</param>
    public TuneResult Run(Action<double, string> progress)
    {
        int budget = _train.Options.TuneRuns, tried = 0;
        double[] start = [.. _open.Select(option => option.Position(option.Default))];
        TuneSearch search = new(start, points =>
        {
            string label = $"{tried} of {budget} settings tried";
            StudyGovernor[] governors = [.. points.Select((point, i) => _train.Governor(Text(point, start), i.ToString(CultureInfo.InvariantCulture)))];
            int before = tried;
            tried += points.Count;
            return SimulateSession.Part(
                _train.Study with { Governors = governors, Seeds = TrainSeeds },
                share => progress((before + (points.Count * share)) / (budget + 2), label),
                _interrupted) is { } rows ? Scores(rows, points.Count) : null;
        });
        bool complete = search.Run(budget);
        bool found = search.BestScore is TuneScore best && search.StartScore is TuneScore first && best.IsClearlyBetterThan(first);
        string text = found ? Text(search.Best, start) : _given;
        IReadOnlyList<StudyRow>? test = complete
            ? SimulateSession.Part(
                _test.Study with { Governors = [_test.Governor(_given, "given"), _test.Governor(text, "found")], Seeds = TestSeeds },
                share => progress((budget + (2 * share)) / (budget + 2), "test"),
                _interrupted)
            : null;
        return Result(search, found, text, test);
    }

    private static string Seeds(ulong first, ulong last) => first == last ? $"seed {first}" : $"seeds {first} to {last}";

    private static TuneScore Score(IReadOnlyList<StudyRow> rows) => new(rows.Count(row => !row.Valid), Study.GeometricMean(rows));

    private static TuneScore[] Scores(IReadOnlyList<StudyRow> rows, int governors)
    {
        int each = rows.Count / governors;
        return [.. Enumerable.Range(0, governors).Select(i => Score([.. rows.Skip(i * each).Take(each)]))];
    }

    private TuneResult Result(TuneSearch search, bool found, string text, IReadOnlyList<StudyRow>? test)
    {
        IReadOnlyList<StudyRow> given = [], best = [];
        if (test is not null)
        {
            (given, best) = ([.. test.Take(test.Count / 2)], [.. test.Skip(test.Count / 2)]);
        }

        bool holds = found && (test is null || Score(best).IsBetterThan(Score(given)));
        bool valid = (holds ? best : given).All(row => row.Valid);

        // Each workload's own peak was given to the governor; which one a user has only the user knows.
        string chosen = GovernorTexts.Configured(holds ? text : _given, _train.Options.LineRate ?? double.NaN, _train.Options.DelayBound, withUnknownPeak: false);
        return new TuneResult
        {
            Governor = chosen,
            CSharp = _governor.CSharp(chosen),
            Changed = holds,
            Runs = search.Runs,
            Interrupted = test is null,
            TrainedOn = _trainedOn,
            TestedOn = _testedOn,
            DefaultTrainRatio = search.StartScore?.EnergyRatio,
            BestTrainRatio = search.BestScore?.EnergyRatio,
            DefaultTest = test is null ? null : Figures.Of(given),
            BestTest = test is null ? null : Figures.Of(best),
            Verdict = Verdict(search, found, holds, valid, given, best),
        };
    }

    private string Verdict(TuneSearch search, bool found, bool holds, bool valid, IReadOnlyList<StudyRow> given, IReadOnlyList<StudyRow> best)
    {
        string tried = $"{search.Runs} settings tried on {_trainedOn}";
        if (best.Count == 0)
        {
            return $"Interrupted: {tried}; {(found ? "the best of them is below, but was not tested" : "none is better than the one given")}.";
        }

        string warning = valid ? "" : " Not every run is valid: see the table; a faster actuator, a larger ring or a longer delay bound would help.";
        string peak = _train.Options.LineRate is null ? " Add your line's rate; each workload's own was used." : "";
        return (found, holds) switch
        {
            (false, _) => $"Keep what is given: {tried}, none better by more than 0.1 %.{warning}{peak}",
            (_, false) => $"Keep what is given: the best of {tried} does not hold on {_testedOn}.{warning}{peak}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{tried}; on {_testedOn} the best uses {Study.GeometricMean(best) / Study.GeometricMean(given) - 1:+0.0 %;-0.0 %} energy with {best.Count(row => !row.Valid)} invalid runs instead of {given.Count(row => !row.Valid)}.{warning}{peak}"),
        };
    }

    private string Text(double[] point, double[] start)
    {
        string text = _given;
        for (int k = 0; k < _open.Count; k++)
        {
            text = point[k] == start[k] ? text : GovernorTexts.WithDefault(text, _open[k].Option, _open[k].Text(_open[k].At(point[k])));
        }

        return text;
    }
}
