using FsCheck;
using FsCheck.Fluent;
using PollScale.Cpufreq;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.Tests.Cpufreq;

public sealed class CpufreqPropertyTests : IDisposable
{
    private static readonly string[] s_active = ["skylake-intel-pstate-active", "zen-amd-pstate-active"];
    private static readonly Gen<uint> s_kHz = Gen.Choose(10, 37).Select(step => (uint)step * 100_000);
    private static readonly Gen<(uint Min, uint Max)> s_bounds = from a in s_kHz from b in s_kHz select (Math.Min(a, b), Math.Max(a, b));
    private readonly TemporaryFolder _leases = new();

    public void Dispose() => _leases.Dispose();

    [Fact]
    public void Bounds_never_cross_on_the_way() => Prop.ForAll(
        (from first in s_bounds from second in s_bounds from clamps in Gen.Elements(false, true) select (first, second, clamps)).ToArbitrary(),
        input =>
        {
            FakeCpufreq kernel = new(Active(input.first)) { ClampsCrossing = input.clamps };
            using CpufreqPolicyFiles files = CpufreqPolicyFiles.Open(kernel, $"{FakeCpufreq.Root}/cpufreq/policy0");

            int error = CpufreqBounds.Write(files, input.second.Min, input.second.Max, input.first.Min);

            return error == 0 && Crossings(kernel, input.first) == 0
                && kernel["cpufreq/policy0/scaling_min_freq"] == $"{input.second.Min}" && kernel["cpufreq/policy0/scaling_max_freq"] == $"{input.second.Max}";
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_sequence_ends_with_min_and_max_at_the_target_and_crosses_nowhere() => Prop.ForAll(
        (from bounds in s_bounds
         from fixture in Gen.Elements(s_active)
         from clamps in Gen.Elements(false, true)
         from targets in Gen.Choose(0, 63).NonEmptyListOf()
         select (bounds, fixture, clamps, targets)).ToArbitrary(),
        input =>
        {
            FakeCpufreq kernel = new(Active(input.bounds, input.fixture)) { ClampsCrossing = input.clamps };
            using CpufreqScaler scaler = Open(kernel);
            foreach (int target in input.targets)
            {
                int index = scaler.PStates.Clamp(target);
                CpufreqResult result = scaler.Set(index);
                string expected = $"{Math.Clamp(scaler.PStates[index], input.bounds.Min, input.bounds.Max)}";
                if (!result.IsGranted || kernel["cpufreq/policy0/scaling_min_freq"] != expected || kernel["cpufreq/policy0/scaling_max_freq"] != expected)
                {
                    return false;
                }
            }

            scaler.Dispose();
            return Crossings(kernel, input.bounds) == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Restoring_gives_every_file_its_very_value_from_any_state() => Prop.ForAll(
        (from fixture in Gen.Elements(CpufreqFixture.Names.ToArray())
         from low in Gen.Choose(0, 1000)
         from high in Gen.Choose(0, 1000)
         from governor in Gen.Choose(0, 10)
         from preference in Gen.Choose(0, 10)
         from speed in Gen.Choose(0, 1000)
         from clamps in Gen.Elements(false, true)
         from targets in Gen.Choose(0, 63).ListOf()
         select (fixture, low, high, governor, preference, speed, clamps, targets)).ToArbitrary(),
        input =>
        {
            FakeCpufreq kernel = new(CpufreqFixture.Load(input.fixture)) { ClampsCrossing = input.clamps };
            CpufreqPolicy policy = new CpufreqTree(FakeCpufreq.Root, kernel).Read(0);
            uint range = policy.HardwareMaxKHz - policy.HardwareMinKHz;
            uint min = policy.HardwareMinKHz + (uint)((long)range * Math.Min(input.low, input.high) / 1000);
            uint max = policy.HardwareMinKHz + (uint)((long)range * Math.Max(input.low, input.high) / 1000);
            kernel.Write("cpufreq/policy0/scaling_max_freq", $"{max}");
            kernel.Write("cpufreq/policy0/scaling_min_freq", $"{min}");
            if (policy.Governors.Count > 0)
            {
                kernel.Write("cpufreq/policy0/scaling_governor", policy.Governors[input.governor % policy.Governors.Count]);
            }

            kernel.Write("cpufreq/policy0/scaling_setspeed", $"{policy.HardwareMinKHz + (uint)((long)range * input.speed / 1000)}");
            if (kernel.ReadText($"{FakeCpufreq.Root}/cpufreq/policy0/energy_performance_available_preferences") is string preferences)
            {
                string[] words = preferences.Split(' ');
                kernel.Write("cpufreq/policy0/energy_performance_preference", words[input.preference % words.Length]);
            }

            IReadOnlyDictionary<string, string> before = kernel.Snapshot();
            CpufreqScaler scaler = Open(kernel);
            foreach (int target in input.targets)
            {
                scaler.Set(scaler.PStates.Clamp(target));
            }

            scaler.Dispose();
            return Same(before, kernel.Snapshot()) && Directory.GetFiles(_leases.Path, "*.json").Length == 0;
        }).QuickCheckThrowOnFailure();

    private static bool Same(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        before.Where(pair => !pair.Key.EndsWith("available_governors", StringComparison.Ordinal)).All(pair => after[pair.Key] == pair.Value);

    private static CpufreqFixture Active((uint Min, uint Max) bounds, string fixture = "skylake-intel-pstate-active") => CpufreqFixture.Load(fixture).With(
        ("cpufreq/policy0/scaling_min_freq", $"{bounds.Min}"), ("cpufreq/policy0/scaling_max_freq", $"{bounds.Max}"));

    private static int Crossings(FakeCpufreq kernel, (uint Min, uint Max) bounds)
    {
        int crossings = 0;
        foreach ((string file, string value, int error) in kernel.Writes)
        {
            bounds = file == "scaling_min_freq" ? (uint.Parse(value), bounds.Max) : file == "scaling_max_freq" ? (bounds.Min, uint.Parse(value)) : bounds;
            crossings += bounds.Min > bounds.Max || error != 0 ? 1 : 0;
        }

        return crossings;
    }

    private CpufreqScaler Open(FakeCpufreq kernel) =>
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = _leases.Path, RestoreOnSignals = false }, new CpufreqTree(FakeCpufreq.Root, kernel));
}
