using PollScale.Governors;
using PollScale.Simulation.Cores;
using PollScale.Simulation.Studies;

namespace PollScale.HostStub.Simulation;

/// <summary>What is to be said of a workload beside its figures: whether loss can be ruled out, and where nobody keeps the bounds.</summary>
internal static class CertificateLines
{
    /// <summary>A line for all governors of which the same holds.</summary>
    /// <param name="rows">Rows of one workload.</param>
    /// <param name="certificates">The certificates.</param>
    public static IEnumerable<string> Of(IEnumerable<StudyRow> rows, PlanCertificates certificates) => rows
        .DistinctBy(row => row.Governor)
        .GroupBy(row => Short(certificates.Of(row.Governor, row.Workload)), row => row.Governor)
        .Select(group => $"{group.Key}: {string.Join(", ", group)}.");

    /// <summary>A certificate in a few words.</summary>
    public static string Short(Promises? promises) => promises is null ? Short((LossCertificate?)null) : $"{Short(promises.Loss)}; {Short(promises.Delay)}";

    private static string Short(DelayCertificate delay) => delay switch
    {
        { Kept: true } => FormattableString.Invariant($"the delay bound is kept ({Math.Ceiling(delay.ShortestBound!.Value.TotalMicroseconds):0} us or more)"),
        { Withheld: not null } or { ShortestBound: null } => "no delay bound is promised",
        { FloorPState: int floor, ShortestBound: TimeSpan least } => FormattableString.Invariant($"the delay bound can be kept from P-state {floor} on only, or with {Math.Ceiling(least.TotalMicroseconds):0} us"),
        { ShortestBound: TimeSpan least } => FormattableString.Invariant($"the delay bound cannot be kept (it can with {Math.Ceiling(least.TotalMicroseconds):0} us)"),
    };

    private static string Short(LossCertificate? certificate) => certificate switch
    {
        null => "No line bounds the rate of short bursts, so loss cannot be ruled out",
        { PeakExceedsFastest: true } => "More may arrive than the fastest P-state serves, so no floor and no ring rules out loss",
        { LossFree: true } => FormattableString.Invariant($"Lambda {certificate.Lambda:F2}, loss can be ruled out"),
        { Withheld: string doubt } => FormattableString.Invariant($"Lambda {certificate.Lambda:F2}, but loss is not ruled out, for {doubt}"),
        _ => FormattableString.Invariant($"Lambda {certificate.Lambda:F2}, loss cannot be ruled out {Remedy(certificate)}"),
    };

    /// <summary>Where the oracle finds that nobody keeps the bounds; null when it finds no such stretch.</summary>
    /// <param name="rows">Rows of one workload.</param>
    public static string? Infeasible(IEnumerable<StudyRow> rows)
    {
        StudyRow[] seeds = [.. rows.DistinctBy(row => row.Seed).Where(row => !row.Oracle.Feasible)];
        if (seeds.Length == 0)
        {
            return null;
        }

        StudyRow first = seeds[0];
        string start = first.Oracle.FirstInfeasibleStart is long at
            ? FormattableString.Invariant($", the first at {SimTime.ToSeconds(at):0.000} s of seed {first.Seed}")
            : "";
        double longest = seeds.Max(row => row.Oracle.LongestInfeasibleStretch) / (double)SimTime.Microsecond;
        return FormattableString.Invariant($"No core can keep the bounds in {seeds.Sum(row => row.Oracle.InfeasibleStretches):N0} stretches of up to {longest:N0} us{start}: ")
            + FormattableString.Invariant($"{seeds.Average(row => row.Oracle.InfeasibleTimeShare):P2} of the time, {seeds.Sum(row => row.Oracle.UnservablePackets):N0} packets too many in {seeds.Length} runs.");
    }

    private static string Remedy(LossCertificate certificate) => (certificate.FloorPState, certificate.SmallestRing) switch
    {
        (int floor, int ring) => $"(it can from P-state {floor}, or with a ring of {ring})",
        (int floor, null) => $"(it can from P-state {floor})",
        (null, int ring) => $"(it can with a ring of {ring})",
        _ => "(not even with a floor or a larger ring)",
    };
}
