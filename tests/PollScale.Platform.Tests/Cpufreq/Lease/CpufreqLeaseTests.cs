using System.Text.Json;
using System.Text.Json.Nodes;
using PollScale.Cpufreq;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.Tests.Cpufreq;

public sealed class CpufreqLeaseTests : IDisposable
{
    private const string Governor = "cpufreq/policy0/scaling_governor";
    private readonly TemporaryFolder _leases = new();
    private readonly FakeCpufreq _kernel = new("skylake-intel-pstate-active");

    private string LeaseFile => _leases["cpufreq-policy0.lease.json"];

    public void Dispose() => _leases.Dispose();

    [Fact]
    public void The_lease_is_on_disk_before_the_first_change_and_gone_after_the_last()
    {
        bool noted = false;
        _kernel.WriteError = _ =>
        {
            noted = File.Exists(LeaseFile);
            return 0;
        };
        using (CpufreqScaler scaler = Open())
        {
            Assert.True(noted);
            JsonElement lease = JsonDocument.Parse(File.ReadAllText(LeaseFile)).RootElement;
            Assert.Equal(("powersave", 1_000_000u, 3_700_000u, "balance_performance", Environment.ProcessId), (
                lease.GetProperty("governor").GetString(), lease.GetProperty("min_khz").GetUInt32(), lease.GetProperty("max_khz").GetUInt32(),
                lease.GetProperty("preference").GetString(), lease.GetProperty("pid").GetInt32()));
        }

        Assert.False(File.Exists(LeaseFile));
        Assert.Equal(["lock"], Directory.GetFiles(_leases.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_dead_owners_settings_are_restored_by_the_next_start()
    {
        IReadOnlyDictionary<string, string> before = _kernel.Snapshot();
        LeaveBehind(lease => lease["pid"] = DeadPid());

        using (CpufreqScaler scaler = Open())
        {
            Assert.Equal(("powersave", 1_000_000u, 3_700_000u), (scaler.Policy.Governor, scaler.Policy.MinKHz, scaler.Policy.MaxKHz));
            Assert.Contains("had ended without restoring policy 0", Assert.Single(scaler.Notes));
        }

        Assert.Equal(before, _kernel.Snapshot());
    }

    [Fact]
    public void A_pid_that_another_process_has_now_does_not_count_as_the_owner()
    {
        LeaveBehind(lease => lease["start_ticks"] = 1);

        using CpufreqScaler scaler = Open();

        Assert.Equal("powersave", scaler.Policy.Governor);
    }

    [Fact]
    public void In_another_pid_namespace_the_owners_mark_tells_whether_it_lives()
    {
        LeaveBehind(lease => lease["pid_namespace"] = "pid:[1]");
        using (CpufreqScaler scaler = Open())
        {
            Assert.Equal("powersave", scaler.Policy.Governor);
            Edit(lease => lease["pid_namespace"] = "pid:[1]");

            Assert.Equal(CpufreqProblem.Held, Assert.Throws<CpufreqException>(() => Open()).Problem);
        }

        Assert.Equal(["lock"], Directory.GetFiles(_leases.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_living_owner_is_an_error_that_names_it()
    {
        using CpufreqScaler first = Open();
        int writes = _kernel.Writes.Count;

        CpufreqException e = Assert.Throws<CpufreqException>(() => Open());

        Assert.Equal(CpufreqProblem.Held, e.Problem);
        Assert.Contains($"process {Environment.ProcessId} ", e.Message);
        Assert.Equal(writes, _kernel.Writes.Count);
        Assert.True(File.Exists(LeaseFile));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":2}")]
    [InlineData("\0\0\0\0")]
    public void A_corrupt_lease_is_told_and_kept_and_stops_nobody(string text)
    {
        IReadOnlyDictionary<string, string> before = _kernel.Snapshot();
        File.WriteAllText(LeaseFile, text);

        using (CpufreqScaler scaler = Open())
        {
            Assert.Equal(text, File.ReadAllText(LeaseFile + ".aside-1"));
            Assert.Contains(LeaseFile + ".aside-1", Assert.Single(scaler.Notes));
        }

        Assert.Equal(before, _kernel.Snapshot());
    }

    [Theory]
    [InlineData("min_khz", 5_000_000)]
    [InlineData("governor", "a\u0007b")]
    [InlineData("governor", "")]
    [InlineData("policy", 3)]
    [InlineData("max_khz", "x")]
    [InlineData("method", "sideways")]
    public void A_lease_whose_values_make_no_sense_is_not_applied(string field, object value)
    {
        LeaveBehind(lease => lease[field] = value is int number ? number : (string)value);
        IReadOnlyDictionary<string, string> before = _kernel.Snapshot();

        using (CpufreqScaler scaler = Open())
        {
            Assert.Equal("performance", scaler.Policy.Governor);
            Assert.Contains("cannot be used", scaler.Notes[0]);
        }

        Assert.Equal(before, _kernel.Snapshot());
        Assert.True(File.Exists(LeaseFile + ".aside-1"));
    }

    [Theory]
    [InlineData("boot_id", "another-boot", "restarted")]
    [InlineData("root", "/elsewhere", "/elsewhere")]
    [InlineData("driver", "acpi-cpufreq", "scaling driver")]
    public void An_obsolete_lease_is_put_aside_and_not_applied(string field, string value, string reason)
    {
        LeaveBehind(lease =>
        {
            lease[field] = value;
            lease["pid"] = DeadPid();
        });

        using CpufreqScaler scaler = Open();

        Assert.Equal("performance", scaler.Policy.Governor);
        Assert.Contains(reason, scaler.Notes[0]);
        Assert.True(File.Exists(LeaseFile + ".aside-1"));
    }

    [Fact]
    public void What_another_program_set_meanwhile_is_left_and_said()
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq");
        CpufreqScaler scaler = Open(kernel);
        kernel.Write(Governor, "ondemand");

        scaler.Dispose();

        Assert.Equal("ondemand", kernel[Governor]);
        Assert.Contains("another program", Assert.Single(scaler.Notes));
        Assert.False(File.Exists(LeaseFile));
    }

    [Fact]
    public void A_restore_that_fails_keeps_the_lease_for_the_next_start()
    {
        IReadOnlyDictionary<string, string> before = _kernel.Snapshot();
        CpufreqScaler scaler = Open();
        scaler.Set(5);
        _kernel.WriteError = name => name == "scaling_governor" ? LibC.EIO : 0;
        scaler.Dispose();
        Assert.Contains("should be 'powersave'", scaler.Notes[^1]);
        Assert.True(File.Exists(LeaseFile));

        _kernel.WriteError = _ => 0;
        Edit(lease => lease["pid"] = DeadPid());
        Open().Dispose();

        Assert.Equal(before, _kernel.Snapshot());
        Assert.False(File.Exists(LeaseFile));
    }

    [Fact]
    public void A_busy_kernel_is_asked_again()
    {
        IReadOnlyDictionary<string, string> before = _kernel.Snapshot();
        CpufreqScaler scaler = Open();
        int refusals = 3;
        _kernel.WriteError = _ => refusals-- > 0 ? LibC.EBUSY : 0;

        scaler.Dispose();

        Assert.Equal(before, _kernel.Snapshot());
        Assert.Empty(scaler.Notes);
    }

    [Fact]
    public void A_lease_of_another_policy_is_recovered_too()
    {
        FakeCpufreq kernel = new("haswell-acpi-cpufreq");
        LeaveBehind(kernel, 1, lease => lease["pid"] = DeadPid());

        using CpufreqScaler scaler = Open(kernel);

        Assert.Equal("schedutil", kernel["cpufreq/policy1/scaling_governor"]);
        Assert.Equal(["cpufreq-policy0.lease.json", "cpufreq-policy0.lease.json.owner", "lock"], Directory.GetFiles(_leases.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_before_any_change()
    {
        CpufreqOptions options = new() { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = "/proc/nowhere" };

        CpufreqException e = Assert.Throws<CpufreqException>(() => CpufreqScaler.Open(options, new CpufreqTree(FakeCpufreq.Root, _kernel)));

        Assert.Contains("/proc/nowhere", e.Message);
        Assert.Empty(_kernel.Writes);
    }

    // Above every pid_max.
    private static int DeadPid() => (1 << 22) + 1;

    private void LeaveBehind(Action<JsonObject> edit) => LeaveBehind(_kernel, 0, edit);

    // A copy of a live process's lease, written back after that process restored.
    private void LeaveBehind(FakeCpufreq kernel, int cpu, Action<JsonObject> edit)
    {
        string path = _leases[$"cpufreq-policy{cpu}.lease.json"];
        CpufreqScaler scaler = Open(kernel, cpu);
        scaler.Set(7);
        string lease = File.ReadAllText(path);
        string folder = $"cpufreq/policy{cpu}";
        (string governor, string min, string max) = (kernel[$"{folder}/scaling_governor"], kernel[$"{folder}/scaling_min_freq"], kernel[$"{folder}/scaling_max_freq"]);
        scaler.Dispose();
        kernel.Write($"{folder}/scaling_governor", governor);
        kernel.Write($"{folder}/scaling_max_freq", max);
        kernel.Write($"{folder}/scaling_min_freq", min);
        kernel.Write($"{folder}/scaling_max_freq", max);
        File.WriteAllText(path, lease);
        Edit(edit, path);
    }

    private void Edit(Action<JsonObject> edit, string? path = null)
    {
        path ??= LeaseFile;
        JsonObject lease = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(lease);
        File.WriteAllText(path, lease.ToJsonString());
    }

    private CpufreqScaler Open(FakeCpufreq? kernel = null, int cpu = 0) =>
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = cpu, LeaseFolder = _leases.Path }, new CpufreqTree(FakeCpufreq.Root, kernel ?? _kernel));
}
