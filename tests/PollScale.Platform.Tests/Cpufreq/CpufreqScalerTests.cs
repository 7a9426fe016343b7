using PollScale.Cpufreq;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.Tests.Cpufreq;

public sealed class CpufreqScalerTests : IDisposable
{
    private readonly TemporaryFolder _leases = new();

    public void Dispose() => _leases.Dispose();

    [Fact]
    public void Setspeed_sets_what_is_asked_and_leaves_the_bounds()
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq");
        using CpufreqScaler scaler = Open(kernel);

        CpufreqResult result = scaler.Set(5);

        Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, 2_000_000), result);
        Assert.Equal(("2000000", "userspace"), (kernel["cpufreq/policy0/scaling_cur_freq"], kernel["cpufreq/policy0/scaling_governor"]));
        Assert.Equal("1200000", kernel["cpufreq/policy1/scaling_cur_freq"]);
        Assert.DoesNotContain(kernel.Writes, write => write.File is "scaling_min_freq" or "scaling_max_freq");
    }

    [Theory]
    [InlineData("skylake-intel-pstate-active")]
    [InlineData("zen-amd-pstate-active")]
    public void Drivers_that_choose_themselves_get_both_bounds_under_performance(string fixture)
    {
        FakeCpufreq kernel = new(fixture);
        using CpufreqScaler scaler = Open(kernel);

        for (int index = scaler.PStates.Count - 1; index >= 0; index -= 3)
        {
            uint kHz = scaler.PStates[index];

            Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, kHz), scaler.Set(index));
            Assert.Equal(($"{kHz}", $"{kHz}"), (kernel["cpufreq/policy0/scaling_min_freq"], kernel["cpufreq/policy0/scaling_max_freq"]));
        }

        Assert.Equal("performance", kernel["cpufreq/policy0/scaling_governor"]);
    }

    [Fact]
    public void A_governor_in_a_module_is_loaded_by_its_name()
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-passive");
        using CpufreqScaler scaler = Open(kernel);

        Assert.Equal(new CpufreqPlan(CpufreqMethod.SetSpeed, "userspace"), scaler.Plan);
        Assert.Empty(scaler.Notes);
    }

    [Fact]
    public void Without_a_userspace_governor_bounds_serve_and_a_note_says_so()
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-passive");
        kernel.LoadableGovernors.Clear();
        using CpufreqScaler scaler = Open(kernel);

        Assert.Equal(new CpufreqPlan(CpufreqMethod.Bounds, "performance"), scaler.Plan);
        Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, 1_500_000), scaler.Set(scaler.IndexOf(1_500_000)));
        Assert.Equal("1500000", kernel["cpufreq/policy0/scaling_cur_freq"]);
        Assert.Contains("governor userspace", Assert.Single(scaler.Notes));
    }

    [Fact]
    public void What_the_kernel_rounds_or_clamps_is_reported_as_it_is()
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq");
        using CpufreqScaler scaler = Open(kernel);
        kernel.Write("cpufreq/policy0/scaling_max_freq", "1450000");

        Assert.Equal(new CpufreqResult(CpufreqOutcome.Adjusted, 1_400_000), scaler.Set(0));
    }

    [Theory]
    [InlineData("haswell-acpi-cpufreq")]
    [InlineData("skylake-intel-pstate-active")]
    public void A_governor_that_somebody_else_sets_is_reported_and_not_fought(string fixture)
    {
        FakeCpufreq kernel = new(fixture);
        using CpufreqScaler scaler = Open(kernel);
        scaler.Set(3);
        kernel.Write("cpufreq/policy0/scaling_governor", "powersave");
        int bounds = Bounds(kernel);

        Assert.Equal(CpufreqOutcome.LostControl, scaler.Set(0).Outcome);
        Assert.Equal(("powersave", bounds), (kernel["cpufreq/policy0/scaling_governor"], Bounds(kernel)));

        kernel.Write("cpufreq/policy0/scaling_governor", scaler.Plan.Governor);
        Assert.Equal(CpufreqOutcome.Applied, scaler.Set(0).Outcome);
    }

    [Theory]
    [InlineData("scaling_min_freq", "1100000")]
    [InlineData("scaling_max_freq", "3000000")]
    public void Bounds_that_somebody_else_sets_are_reported_and_not_fought(string file, string kHz)
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-active");
        using CpufreqScaler scaler = Open(kernel);
        scaler.Set(scaler.IndexOf(2_000_000));
        kernel.Write($"cpufreq/policy0/{file}", kHz);
        int writes = kernel.Writes.Count;

        Assert.Equal(CpufreqOutcome.LostControl, scaler.Set(0).Outcome);
        Assert.Equal(writes, kernel.Writes.Count);
        Assert.Equal(kHz, kernel[$"cpufreq/policy0/{file}"]);
    }

    [Fact]
    public void A_limit_by_heat_that_a_write_meets_is_an_adjustment_and_may_end()
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-active") { ClampsCrossing = true };
        using CpufreqScaler scaler = Open(kernel);
        scaler.Set(scaler.IndexOf(1_200_000));
        kernel.Cap = 1_500_000;
        kernel.ShowBounds("cpufreq/policy0");

        Assert.Equal(new CpufreqResult(CpufreqOutcome.Adjusted, 1_500_000), scaler.Set(0));
        kernel.Cap = uint.MaxValue;
        kernel.ShowBounds("cpufreq/policy0");
        Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, 2_000_000), scaler.Set(scaler.IndexOf(2_000_000)));
    }

    [Theory]
    [InlineData(LibC.EBUSY, "Busy")]
    [InlineData(LibC.EAGAIN, "Busy")]
    [InlineData(LibC.EINVAL, "Refused")]
    [InlineData(LibC.EIO, "Failed")]
    [InlineData(LibC.EACCES, "NoPermission")]
    [InlineData(LibC.ENODEV, "Gone")]
    public void Errors_of_the_kernel_have_clear_outcomes(int error, string outcome)
    {
        foreach (string fixture in (string[])["haswell-acpi-cpufreq", "skylake-intel-pstate-active"])
        {
            FakeCpufreq kernel = new(fixture);
            using CpufreqScaler scaler = Open(kernel);
            scaler.Set(2);
            kernel.WriteError = name => name is "scaling_setspeed" or "scaling_min_freq" ? error : 0;

            CpufreqResult result = scaler.Set(6);

            Assert.Equal((outcome, error), (result.Outcome.ToString(), result.Errno));
            kernel.WriteError = _ => 0;
            Assert.Equal(CpufreqOutcome.Applied, scaler.Set(4).Outcome);
        }
    }

    [Theory]
    [InlineData(LibC.EACCES, "NoPermission", "Run as root")]
    [InlineData(LibC.EROFS, "ReadOnly", "container")]
    public void Files_that_may_not_be_written_are_an_error_before_any_change(int error, string problem, string remedy)
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq") { OpenError = error };

        CpufreqException e = Assert.Throws<CpufreqException>(() => Open(kernel));

        Assert.Equal(problem, e.Problem.ToString());
        Assert.Contains(remedy, e.Message);
        Assert.Empty(kernel.Writes);
    }

    [Fact]
    public void No_usable_governor_is_an_error_and_all_is_as_before()
    {
        FakeCpufreq kernel = new("skylake-intel-pstate-active");
        IReadOnlyDictionary<string, string> before = kernel.Snapshot();
        kernel.WriteError = name => name == "scaling_governor" ? LibC.EINVAL : 0;

        CpufreqException e = Assert.Throws<CpufreqException>(() => Open(kernel));

        Assert.Equal(CpufreqProblem.NoGovernor, e.Problem);
        Assert.Contains("performance, powersave", e.Message);
        Assert.Equal(before, kernel.Snapshot());
        Assert.Empty(Directory.GetFiles(_leases.Path, "*.json"));
    }

    [Fact]
    public void CPUs_that_change_together_are_noted()
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq") { ["cpufreq/policy0/affected_cpus"] = "0 4" };
        using CpufreqScaler scaler = Open(kernel);

        Assert.Contains("CPUs 0, 4 share policy 0", Assert.Single(scaler.Notes));
    }

    [Fact]
    public void After_disposal_nothing_is_written()
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq");
        CpufreqScaler scaler = Open(kernel);
        scaler.Dispose();
        int writes = kernel.Writes.Count;

        Assert.Equal(CpufreqOutcome.Released, scaler.Set(0).Outcome);
        Assert.Equal(writes, kernel.Writes.Count);
    }

    [Theory]
    [InlineData("haswell-acpi-cpufreq")]
    [InlineData("skylake-intel-pstate-active")]
    public void Real_files_are_set_without_allocation_and_restored(string fixture)
    {
        using TemporaryFolder root = new();
        CpufreqFixture.Load(fixture).WriteTo(root.Path);
        string[] watched = [.. ((string[])["scaling_governor", "scaling_min_freq", "scaling_max_freq"]).Select(name => root[$"cpufreq/policy0/{name}"])];
        string[] before = [.. watched.Select(FirstLine)];
        using (CpufreqScaler scaler = CpufreqScaler.Open(new CpufreqOptions { Root = root.Path, Cpu = 0, LeaseFolder = _leases.Path }))
        {
            scaler.Set(1);
            Allocated.Nothing(() =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    scaler.Set(i % scaler.PStates.Count);
                }
            });
            Assert.Equal(new CpufreqResult(CpufreqOutcome.Applied, scaler.PStates[4]), scaler.Set(4));
            string file = root[$"cpufreq/policy0/{(scaler.Plan.Method == CpufreqMethod.SetSpeed ? "scaling_setspeed" : "scaling_max_freq")}"];
            Assert.Equal($"{scaler.PStates[4]}", FirstLine(file));
        }

        Assert.Equal(before, watched.Select(FirstLine));
    }

    private static string FirstLine(string path) => File.ReadLines(path).First();

    private static int Bounds(FakeCpufreq kernel) => kernel.Writes.Count(write => write.File is "scaling_min_freq" or "scaling_max_freq");

    private CpufreqScaler Open(FakeCpufreq kernel) =>
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = _leases.Path }, new CpufreqTree(FakeCpufreq.Root, kernel));
}
