using PollScale.Telemetry;

namespace PollScale.HostStub.Report;

/// <summary>The summary of a run for people.</summary>
internal static class SummaryText
{
    private const double ShownResidency = 0.5;
    private const int ShownPStates = 6;
    private const double ShownKept = 0.5;

    public static void Write(TextWriter output, RunSummary summary)
    {
        output.WriteLine();
        if (summary.HasTraffic)
        {
            WritePackets(output, summary);
            Percentiles delay = summary.DelayUs;
            output.WriteLine($"Delay     p50 {Human.Microseconds(delay.P50)}   p99 {Human.Microseconds(delay.P99)}   p99.9 {Human.Microseconds(delay.P999)}   max {Human.Microseconds(delay.Max)}");
        }

        if (summary.Lcore is { } lcore)
        {
            WriteLcore(output, lcore, summary);
        }

        WriteFrequency(output, summary);
        WriteCalls(output, summary);
        string boot = summary.BootMs is double ms ? $"; reached Main in {Human.Round(ms)} ms" : "";
        string cause = SafeText.Line(summary.Cause);
        output.WriteLine($"Guest     {summary.GuestEnd}: {(boot.Length > 0 ? cause.TrimEnd('.') : cause)}{boot}");
        foreach ((string call, long count) in summary.UnansweredSystemCalls)
        {
            output.WriteLine($"          {call} is not answered: {Human.Count((ulong)count)}x ENOSYS");
        }

        if (summary.GeneratorStalls > 0)
        {
            output.WriteLine($"Traffic   the generator was held up {Human.Count(summary.GeneratorStalls)} times, {Human.Round(summary.GeneratorStalledMs)} ms in all; its schedule moved by as much");
        }

        if (summary.Replay is { } replay)
        {
            output.WriteLine($"Replay    {Human.Count(replay.Sent)} of {Human.Count(replay.Packets)} packets of the capture were sent{(replay.Whole ? "" : "; NOT whole")}");
        }

        if (summary.PcapOut is { } recording)
        {
            string missed = recording.Missed > 0 ? $"; {Human.Count(recording.Missed)} forwarded packets are NOT in it" : "";
            output.WriteLine($"Recorded  {Human.Count(recording.Packets)} forwarded packets in {SafeText.Line(recording.File)}{missed}");
        }

        foreach (string note in summary.Notes)
        {
            output.WriteLine($"Note      {SafeText.Line(note)}");
        }
    }

    private static void WritePackets(TextWriter output, RunSummary summary)
    {
        ulong dropped = summary.Dropped.Values.Aggregate(0UL, (sum, count) => sum + count < sum ? ulong.MaxValue : sum + count);
        output.WriteLine($"Packets   offered {Human.Count(summary.Offered)}   forwarded {Human.Count(summary.Forwarded)}   dropped {Human.Count(dropped)}   in {Human.Round(summary.DurationS)} s");
        IEnumerable<string> causes = summary.Dropped.Where(d => d.Value > 0).Select(d => $"{d.Key} {Human.Count(d.Value)}");
        if (dropped > 0)
        {
            output.WriteLine($"          by cause: {string.Join(", ", causes)}");
        }

        output.WriteLine(summary.Accounted
            ? "          offered = forwarded + dropped: every packet is accounted for"
            : $"          NOT accounted for: offered - forwarded - dropped = {Human.Count(summary.Unaccounted)}");
        if (summary.Backlog > 0 || summary.OutOfOrder > 0 || summary.Invalid > 0)
        {
            output.WriteLine($"          left in the rx ring {Human.Count((long)summary.Backlog)}, out of order or twice {Human.Count(summary.OutOfOrder)}, broken {Human.Count(summary.Invalid)}");
        }
    }

    private static void WriteLcore(TextWriter output, LcoreUse lcore, RunSummary summary)
    {
        string used = lcore.CpuPercent is double cpu
            ? $"polling took {Human.Percent(cpu)} of a CPU, {Human.Round(lcore.WakeUpsPerS)} wake-ups a second{(lcore.KeptWaitingPercent >= ShownKept ? $"; the CPU was another's for {Human.Percent(lcore.KeptWaitingPercent.Value)}" : "")}"
            : "the kernel does not count what polling took";
        output.WriteLine($"CPU       {used}");
        if (summary.LeastCpuPercent is double least)
        {
            output.WriteLine($"          its packet work takes {Human.Percent(lcore.WorkPercent)}, and so many sleeps by themselves {Human.Percent(least - lcore.WorkPercent)} ({Human.Microseconds(summary.SleepCostUs)} each): polling took {Human.Round(lcore.CpuPercent / least)} times both");
        }

        ulong waits = summary.Waits;
        if (waits > 0)
        {
            string asleep = lcore.AsleepPercent is double share ? $"{Human.Percent(share)} of the time in {Human.Count(waits)} waits" : $"{Human.Count(waits)} waits";
            output.WriteLine($"Asleep    {asleep}, which ended late by p50 {Human.Microseconds(lcore.LateUs.P50)}   p99 {Human.Microseconds(lcore.LateUs.P99)}   p99.9 {Human.Microseconds(lcore.LateUs.P999)}   max {Human.Microseconds(lcore.LateUs.Max)}");
        }
    }

    private static void WriteFrequency(TextWriter output, RunSummary summary)
    {
        IEnumerable<string> shown = summary.ResidencyPercent
            .Where(r => r.Percent >= ShownResidency)
            .OrderByDescending(r => r.Percent)
            .Take(ShownPStates)
            .Select(r => $"{Human.Round(r.Mhz)} MHz {Human.Percent(r.Percent)}");
        output.WriteLine($"P-states  {summary.PStates}; {Human.Count(summary.Transitions)} transitions; {string.Join(", ", shown)}");
        if (summary.EnergySavedPercent is double saved)
        {
            string model = summary.PStates == "emulated" ? "modelled, " : "";
            output.WriteLine($"Energy    {Human.Percent(saved)} saved against always-fastest ({model}{Human.Round(summary.EnergyJ)} J instead of {Human.Round(summary.FastestEnergyJ)} J{(summary.SavedAsleepJ > 0 ? $", {Human.Round(summary.SavedAsleepJ)} J of that by sleep" : "")})");
        }
    }

    private static void WriteCalls(TextWriter output, RunSummary summary)
    {
        ulong calls = summary.Calls.Values.Aggregate(0UL, (sum, count) => sum + count);
        IEnumerable<string> results = summary.Calls.Where(c => c.Value > 0).Select(c => $"{c.Key} {Human.Count(c.Value)}");
        string detail = calls > 0 ? $": {string.Join(", ", results)}" : "";
        string roundTrip = summary.RoundTripNs.P50 is null
            ? ""
            : $"; round trip p50 {Human.Nanoseconds(summary.RoundTripNs.P50)}, p99 {Human.Nanoseconds(summary.RoundTripNs.P99)}";
        output.WriteLine($"Calls     {Human.Count(calls)} through the {summary.Doorbell}{detail}{roundTrip}");
    }
}
