using FsCheck;
using FsCheck.Fluent;
using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.Tests.Cpufreq;

public class CpufreqPStatesTests
{
    private static readonly CpufreqPolicy s_range = new CpufreqTree(FakeCpufreq.Root, new FakeCpufreq("ampere-cppc-cpufreq")).Read(0);
    private static readonly Gen<uint> s_kHz = Gen.Choose(1, 7_000_000).Select(kHz => (uint)kHz);

    [Fact]
    public void A_derived_table_keeps_ends_base_and_the_smallest_step_that_fits() => Prop.ForAll(
        (from a in s_kHz from b in s_kHz from c in s_kHz select (Min: Math.Min(a, b), Max: Math.Max(a, b), Base: c)).ToArbitrary(),
        range =>
        {
            PStateTable table = CpufreqPStates.Build(s_range with { HardwareMinKHz = range.Min, HardwareMaxKHz = range.Max, MinKHz = range.Min, MaxKHz = range.Max, BaseKHz = range.Base });
            uint[] kHz = table.KHz.ToArray();
            uint[] between = [.. kHz.Where(entry => entry != range.Min && entry != range.Max && entry != range.Base)];
            uint step = between.Length == 0 ? CpufreqPStates.StepKHz : between.Select(entry => entry / 100_000 * 100_000).Aggregate(Gcd);
            bool inside = range.Base > range.Min && range.Base < range.Max;
            return kHz[0] == range.Max && kHz[^1] == range.Min && between.All(entry => entry % CpufreqPStates.StepKHz == 0)
                && (!inside || kHz.Contains(range.Base)) && kHz.Length <= HypercallAbi.MaxPStates
                && (range.Max - range.Min > 60 * CpufreqPStates.StepKHz || between.Length == 0 || step % CpufreqPStates.StepKHz == 0 && Gaps(kHz) <= CpufreqPStates.StepKHz);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_driver_table_is_sorted_without_doubles_or_zeros_and_keeps_its_ends() => Prop.ForAll(
        s_kHz.NonEmptyListOf().ToArbitrary(),
        entries =>
        {
            PStateTable table = CpufreqPStates.Build(s_range with { TableKHz = [.. entries, 0], MinKHz = 1, MaxKHz = uint.MaxValue });
            uint[] expected = [.. entries.Distinct().OrderDescending()];
            return table.Count == Math.Min(expected.Length, HypercallAbi.MaxPStates) && table[0] == expected[0] && table[table.Count - 1] == expected[^1]
                && (expected.Length > HypercallAbi.MaxPStates || table.KHz.SequenceEqual(expected));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_allowed_range_is_what_the_bounds_leave() => Prop.ForAll(
        (from a in s_kHz from b in s_kHz select (Min: Math.Min(a, b), Max: Math.Max(a, b))).ToArbitrary(),
        bounds =>
        {
            PStateTable table = CpufreqPStates.Build(s_range with { MinKHz = bounds.Min, MaxKHz = bounds.Max });
            bool any = table.KHz.ToArray().Any(kHz => kHz >= bounds.Min && kHz <= bounds.Max);
            return any
                ? table[table.FastestAllowed] <= bounds.Max && table[table.SlowestAllowed] >= bounds.Min
                    && (table.FastestAllowed == 0 || table[table.FastestAllowed - 1] > bounds.Max)
                    && (table.SlowestAllowed == table.Count - 1 || table[table.SlowestAllowed + 1] < bounds.Min)
                : table.FastestAllowed == table.SlowestAllowed;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1", "2401000 2400000 1200000")]
    [InlineData("0", "2400000 1200000")]
    public void Boost_entries_count_when_boost_is_enabled(string boost, string expected)
    {
        FakeCpufreq kernel = new(CpufreqFixture.Load("haswell-acpi-cpufreq").With(
            ("cpufreq/boost", boost), ("cpufreq/policy0/scaling_boost_frequencies", "2401000"), ("cpufreq/policy0/scaling_available_frequencies", "1200000 2400000")));

        PStateTable table = CpufreqPStates.Build(new CpufreqTree(FakeCpufreq.Root, kernel).Read(0));

        Assert.Equal(expected, string.Join(' ', table.KHz.ToArray()));
    }

    [Theory]
    [InlineData("0", 20_000)]
    [InlineData("4294967295", 20_000)]
    [InlineData("-1", 20_000)]
    [InlineData("500", 500)]
    public void An_unknown_latency_is_20_us(string shown, int latencyNs)
    {
        FakeCpufreq kernel = new("ampere-cppc-cpufreq") { ["cpufreq/policy0/cpuinfo_transition_latency"] = shown };

        Assert.Equal((uint)latencyNs, CpufreqPStates.Build(new CpufreqTree(FakeCpufreq.Root, kernel).Read(0)).TransitionLatencyNs);
    }

    [Fact]
    public void Base_frequency_is_a_step_though_it_is_no_multiple()
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-active") { ["cpufreq/policy0/base_frequency"] = "2133000" };

        Assert.Contains(2_133_000u, CpufreqPStates.Build(new CpufreqTree(FakeCpufreq.Root, kernel).Read(0)).KHz.ToArray());
    }

    private static uint Gcd(uint a, uint b) => b == 0 ? a : Gcd(b, a % b);

    private static uint Gaps(uint[] kHz) => kHz.Zip(kHz.Skip(1), (faster, slower) => faster - slower).Max();
}
