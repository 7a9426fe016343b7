using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.Tests.Cpufreq;

/// <summary>What the second look at the files finds and mends.</summary>
public sealed class CpufreqLookTests : IDisposable
{
    private const string Folder = "cpufreq/policy0";
    private const string Haswell = "haswell-acpi-cpufreq";
    private readonly TemporaryFolder _leases = new();

    public void Dispose() => _leases.Dispose();

    [Fact]
    public void A_wish_that_is_in_force_is_looked_at_and_written_only_where_it_is_not()
    {
        FakeCpufreq kernel = new(Haswell);
        using CpufreqScaler scaler = Open(kernel);
        scaler.Set(3);
        int writes = kernel.Writes.Count;

        Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, 2_200_000), scaler.Ensure(3));
        Assert.Equal(writes, kernel.Writes.Count);
        kernel.Write($"{Folder}/scaling_setspeed", "1200000");
        Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, 2_200_000), scaler.Ensure(3));
        Assert.Equal("2200000", kernel[$"{Folder}/scaling_cur_freq"]);
    }

    [Theory]
    [InlineData(Haswell)]
    [InlineData("skylake-intel-pstate-active")]
    public void Another_programs_governor_stands_for_some_seconds_and_is_then_taken_back(string fixture)
    {
        FakeCpufreq kernel = new(fixture);
        CpufreqScaler scaler = Open(kernel);
        string original = scaler.Policy.Governor;
        kernel.Write($"{Folder}/scaling_governor", "powersave");

        Assert.Equal(CpufreqOutcome.LostControl, Look(scaler, 0).Outcome);
        Assert.Contains("'powersave'", scaler.WhyNot);
        Assert.Equal(uint.Parse(kernel[$"{Folder}/scaling_cur_freq"]), scaler.Read().KHz);
        Assert.Equal(CpufreqOutcome.LostControl, Look(scaler, RetakePace.FirstWaitMs - 1).Outcome);
        Assert.Equal(CpufreqOutcome.Applied, Look(scaler, RetakePace.FirstWaitMs).Outcome);
        Assert.Equal(scaler.Plan.Governor, kernel[$"{Folder}/scaling_governor"]);

        scaler.Dispose();
        Assert.Equal(original, kernel[$"{Folder}/scaling_governor"]);
    }

    [Fact]
    public void Two_managers_do_not_fight()
    {
        FakeCpufreq kernel = new(Haswell);
        using CpufreqScaler scaler = Open(kernel);
        List<long> takings = [];
        for (long ms = 0; ms < 600_000; ms += 1000)
        {
            kernel.Write($"{Folder}/scaling_governor", "ondemand");
            if (Look(scaler, ms).Outcome == CpufreqOutcome.Applied)
            {
                takings.Add(ms);
            }
        }

        Assert.InRange(takings.Count, 8, 14);
        Assert.True(takings[^1] - takings[^2] >= RetakePace.LongestWaitMs);
    }

    [Fact]
    public void A_hurry_takes_it_back_at_once()
    {
        FakeCpufreq kernel = new(Haswell);
        using CpufreqScaler scaler = Open(kernel);
        kernel.Write($"{Folder}/scaling_governor", "ondemand");

        Assert.Equal(CpufreqOutcome.Applied, scaler.Look(0, hurry: true, out _).Outcome);
    }

    [Fact]
    public void A_policy_made_anew_is_opened_anew_with_what_it_has_as_the_original()
    {
        FakeCpufreq kernel = new(Haswell);
        CpufreqScaler scaler = Open(kernel);
        kernel.Remove(Folder);
        Assert.Equal(CpufreqOutcome.Gone, Look(scaler, 0).Outcome);
        Assert.Contains("does not exist", scaler.WhyNot);

        kernel.Add(Folder, CpufreqFixture.Load(Haswell).With(($"{Folder}/scaling_governor", "ondemand")));
        Assert.Equal(CpufreqOutcome.Applied, scaler.Look(RetakePace.AnewWaitMs, false, out string? news).Outcome);
        Assert.Contains("made it anew", news);
        Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, 2_000_000), scaler.Set(5));
        Assert.Equal("userspace", kernel[$"{Folder}/scaling_governor"]);

        scaler.Dispose();
        Assert.Equal("ondemand", kernel[$"{Folder}/scaling_governor"]);
        Assert.Empty(Directory.GetFiles(_leases.Path, "*.json"));
    }

    [Fact]
    public void A_policy_that_comes_back_under_our_governor_keeps_its_original()
    {
        FakeCpufreq kernel = new(Haswell);
        CpufreqScaler scaler = Open(kernel);
        kernel.Remove(Folder);
        kernel.Add(Folder, CpufreqFixture.Load(Haswell).With(($"{Folder}/scaling_governor", "userspace"), ($"{Folder}/scaling_setspeed", "1200000")));

        Assert.Equal(CpufreqOutcome.Applied, Look(scaler, 0).Outcome);
        scaler.Dispose();
        Assert.Equal("schedutil", kernel[$"{Folder}/scaling_governor"]);
    }

    [Fact]
    public void A_policy_made_anew_just_before_the_end_is_restored_through_its_new_files()
    {
        FakeCpufreq kernel = new(Haswell);
        CpufreqScaler scaler = Open(kernel);
        kernel.Remove(Folder);
        kernel.Add(Folder, CpufreqFixture.Load(Haswell).With(($"{Folder}/scaling_governor", "userspace"), ($"{Folder}/scaling_setspeed", "1200000")));
        scaler.Dispose();

        Assert.Equal("schedutil", kernel[$"{Folder}/scaling_governor"]);
        Assert.Empty(Directory.GetFiles(_leases.Path, "*.json"));
    }

    [Fact]
    public void Another_driver_brings_another_table()
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-active");
        using CpufreqScaler scaler = Open(kernel);
        PStateTable before = scaler.PStates;
        kernel.Remove(Folder);
        kernel.Add(Folder, CpufreqFixture.Load(Haswell));

        Assert.Equal(CpufreqOutcome.Applied, scaler.Look(0, false, out string? news).Outcome);
        Assert.Contains("others than before", news);
        Assert.False(before.KHz.SequenceEqual(scaler.PStates.KHz));
        Assert.Equal(CpufreqMethod.SetSpeed, scaler.Plan.Method);
        Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, 2_401_000), scaler.Set(0));
    }

    [Fact]
    public void A_failed_return_leaves_the_policy_as_it_was_found()
    {
        FakeCpufreq kernel = new(Haswell);
        using CpufreqScaler scaler = Open(kernel);
        kernel.Remove(Folder);
        kernel.Add(Folder, CpufreqFixture.Load(Haswell));
        kernel.WriteError = _ => LibC.EIO;

        Assert.Equal(CpufreqOutcome.Gone, Look(scaler, 0).Outcome);
        Assert.Equal("schedutil", kernel[$"{Folder}/scaling_governor"]);
        kernel.WriteError = _ => 0;
        Assert.Equal(CpufreqOutcome.Applied, Look(scaler, RetakePace.AnewWaitMs).Outcome);
    }

    [Theory]
    [InlineData(Haswell, 1_500_000u)]
    [InlineData("skylake-intel-pstate-active", 2_000_000u)]
    public void A_limit_at_the_start_is_lifted_when_it_ends(string fixture, uint cap)
    {
        FakeCpufreq kernel = new(fixture) { ClampsCrossing = true, Cap = cap };
        kernel.ShowBounds(Folder);
        CpufreqScaler scaler = Open(kernel);
        Assert.Equal(cap, scaler.Set(scaler.PStates.FastestAllowed).KHz);
        Assert.Contains(scaler.Notes, note => note.Contains("firmware or heat", StringComparison.OrdinalIgnoreCase));

        kernel.Cap = uint.MaxValue;
        kernel.ShowBounds(Folder);
        Look(scaler, 1000);

        Assert.Equal(0, scaler.PStates.FastestAllowed);
        Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, scaler.PStates[0]), scaler.Set(0));
        scaler.Dispose();
        Assert.Equal($"{scaler.Policy.HardwareMaxKHz}", kernel[$"{Folder}/scaling_max_freq"]);
    }

    [Fact]
    public void A_limit_that_still_holds_at_the_end_is_no_failure()
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-active") { ClampsCrossing = true, Cap = 2_000_000 };
        kernel.ShowBounds(Folder);
        CpufreqScaler scaler = Open(kernel);
        scaler.Set(scaler.PStates.Count - 1);
        int notes = scaler.Notes.Count;
        scaler.Dispose();

        Assert.Equal(notes, scaler.Notes.Count);
        Assert.Equal("2000000", kernel[$"{Folder}/scaling_max_freq"]);
        Assert.Empty(Directory.GetFiles(_leases.Path, "*.json"));
    }

    [Theory]
    [InlineData(Haswell)]
    [InlineData("skylake-intel-pstate-active")]
    public void The_administrators_bound_stays_one(string fixture)
    {
        FakeCpufreq kernel = new(fixture);
        kernel.Write($"{Folder}/scaling_max_freq", "1500000");
        CpufreqScaler scaler = Open(kernel);
        Look(scaler, 1000);

        Assert.Equal(1_500_000u, scaler.PStates[scaler.PStates.FastestAllowed]);
        Assert.Equal(1_500_000u, scaler.Set(scaler.PStates.FastestAllowed).KHz);
        scaler.Dispose();
        Assert.Equal("1500000", kernel[$"{Folder}/scaling_max_freq"]);
    }

    [Theory]
    [InlineData(Haswell, false)]
    [InlineData("skylake-intel-pstate-active", true)]
    public void A_start_without_room_is_told_and_room_that_comes_is_used(string fixture, bool waits)
    {
        FakeCpufreq kernel = new(fixture);
        kernel.Write($"{Folder}/scaling_max_freq", "1500000");
        kernel.Write($"{Folder}/scaling_min_freq", "1500000");
        using CpufreqScaler scaler = Open(kernel);
        Assert.Contains(scaler.Notes, note => note.Contains("leave no room", StringComparison.Ordinal));

        kernel.Write($"{Folder}/scaling_max_freq", "2000000");
        Look(scaler, 0);
        Look(scaler, waits ? RetakePace.FirstWaitMs : 0);

        Assert.Equal(2_000_000u, scaler.PStates[scaler.PStates.FastestAllowed]);
        Assert.Equal(2_000_000u, scaler.Set(scaler.PStates.FastestAllowed).KHz);
    }

    [Fact]
    public void Bounds_that_another_program_sets_where_they_are_the_means_hold_and_stay_at_the_end()
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-active") { ClampsCrossing = true };
        CpufreqScaler scaler = Open(kernel);
        scaler.Set(0);
        kernel.Write($"{Folder}/scaling_max_freq", "2000000");
        Look(scaler, 0);
        Assert.Equal(CpufreqOutcome.Applied, scaler.Look(RetakePace.FirstWaitMs, false, out string? news).Outcome);

        Assert.Contains("2000000", news);
        Assert.Equal(2_000_000u, scaler.Set(scaler.PStates.FastestAllowed).KHz);
        scaler.Dispose();
        Assert.Equal("2000000", kernel[$"{Folder}/scaling_max_freq"]);
        Assert.Equal("powersave", kernel[$"{Folder}/scaling_governor"]);
    }

    [Fact]
    public void A_policy_that_another_process_holds_through_another_folder_is_left_alone()
    {
        FakeCpufreq kernel = new(Haswell) { Holder = 4711 };
        CpufreqException e = Assert.Throws<CpufreqException>(() => Open(kernel));

        Assert.Equal(CpufreqProblem.Held, e.Problem);
        Assert.Contains("process 4711", e.Message);
        Assert.Empty(kernel.Writes);
    }

    [Fact]
    public void Real_files_are_marked_whatever_the_lease_folder_and_path()
    {
        using TemporaryFolder root = new(), other = new(), elsewhere = new();
        CpufreqFixture.Load(Haswell).WriteTo(root.Path);
        Directory.CreateSymbolicLink(elsewhere["cpu"], root.Path);
        using (CpufreqScaler.Open(new CpufreqOptions { Root = root.Path, Cpu = 0, LeaseFolder = _leases.Path }))
        {
            CpufreqException e = Assert.Throws<CpufreqException>(() => CpufreqScaler.Open(new CpufreqOptions { Root = elsewhere["cpu"], Cpu = 0, LeaseFolder = other.Path }));
            Assert.Equal(CpufreqProblem.Held, e.Problem);
            Assert.Contains($"process {Environment.ProcessId}", e.Message);
        }

        CpufreqScaler.Open(new CpufreqOptions { Root = elsewhere["cpu"], Cpu = 0, LeaseFolder = other.Path }).Dispose();
    }

    private static CpufreqResult Look(CpufreqScaler scaler, long ms) => scaler.Look(ms, false, out _);

    private CpufreqScaler Open(FakeCpufreq kernel) =>
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = _leases.Path }, new CpufreqTree(FakeCpufreq.Root, kernel));
}
