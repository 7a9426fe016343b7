using PollScale.Cpufreq;
using PollScale.Native;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Tests.Shared.Fuse;
using Xunit;

namespace PollScale.Tests.Cpufreq;

/// <summary>The mount shows what the model holds.</summary>
public sealed class MountedCpufreqTests
{
    [Fact]
    public void A_process_reads_and_writes_the_modelled_kernel()
    {
        using MountedCpufreq mounted = new(new FakeCpufreq("haswell-acpi-cpufreq"));
        string policy = Path.Combine(mounted.Root, "cpufreq", "policy0");
        Assert.Equal(["policy0", "policy1"], Directory.EnumerateDirectories(Path.Combine(mounted.Root, "cpufreq"), "policy*").Select(path => Path.GetFileName(path)).Order());

        File.WriteAllText(Path.Combine(policy, "scaling_governor"), "userspace\n");
        File.WriteAllText(Path.Combine(policy, "scaling_setspeed"), "1500000\n");

        Assert.Equal("1500000\n", File.ReadAllText(Path.Combine(policy, "scaling_setspeed")));
        Assert.Equal("1500000", mounted.Shown("cpufreq/policy0/scaling_cur_freq"));
    }

    [Fact]
    public void An_error_of_the_kernel_reaches_the_process()
    {
        using MountedCpufreq mounted = new(new FakeCpufreq("haswell-acpi-cpufreq"));
        using ICpufreqFile file = new SysfsFiles().Open(Path.Combine(mounted.Root, "cpufreq", "policy0", "scaling_setspeed"), writable: true, out int error)!;
        Assert.Equal(0, error);
        Assert.Equal(LibC.EINVAL, file.Write("1500000\n"u8));
        mounted.Do(kernel => kernel.WriteError = _ => LibC.EIO);
        Assert.Equal(LibC.EIO, file.Write("1500000\n"u8));
    }
}
