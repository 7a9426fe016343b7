using PollScale.HostStub.Frequencies;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.HostStub.Tests.Shared;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.PolicyFile;

/// <summary>Files in whose place another user may have put something else.</summary>
public class PolicyTrustTests
{
    private const string Policy = "version: 1\nguests: [{name: a}]\n";

    [Theory]
    [InlineData("fifo", "a FIFO, not a regular file")]
    [InlineData("folder", "is a folder, not a regular file")]
    [InlineData("device", "is a device, not a regular file")]
    [InlineData("huge", "longer than")]
    [InlineData("missing", "No such file")]
    [InlineData("everybodys", "chmod o-w")]
    [InlineData("everybodys-folder", "chmod o-w")]
    public void What_is_no_trustworthy_file_is_refused_at_once_with_its_reason(string kind, string reason)
    {
        using HostileFiles files = new(Policy);

        foreach (FileTrust trust in (FileTrust[])[FileTrust.NotEverybody, FileTrust.OnlyUs])
        {
            Assert.Contains(reason, Assert.Throws<PolicyException>(() => PolicyReader.Load(files.Of(kind), trust)).Message);
        }

        Assert.Contains(reason, Assert.Throws<PStateFileException>(() => PStateFile.Load(files.Of(kind))).Message);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("link")]
    [InlineData("hard")]
    public void A_file_of_our_own_is_read_also_through_a_link_of_our_own(string kind)
    {
        using HostileFiles files = new(Policy);

        Assert.Single(PolicyReader.Load(files.Of(kind), FileTrust.OnlyUs).Guests);
    }

    [Fact]
    public void A_policy_of_another_user_or_group_gives_no_control_of_real_frequencies()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "Only root can give a file away.");
        using HostileFiles files = new(Policy);
        Shell.Run("chown", "12345", files.Of("plain"));
        Assert.Contains("belongs to user 12345", Assert.Throws<PolicyException>(() => PolicyReader.Load(files.Of("plain"), PolicyTrust.For(FrequencyChoice.Cpufreq))).Message);
        Assert.Single(PolicyReader.Load(files.Of("plain"), PolicyTrust.For(FrequencyChoice.Simulated)).Guests);

        Shell.Run("chown", "0:12345", files.Of("plain"));
        Shell.Run("chmod", "0664", files.Of("plain"));
        Assert.Contains("chmod g-w", Assert.Throws<PolicyException>(() => PolicyReader.Load(files.Of("plain"), PolicyTrust.For(FrequencyChoice.Auto))).Message);
    }

    [Fact]
    public void Standard_input_is_refused_as_it_cannot_be_read_again()
    {
        PolicyException e = Assert.Throws<PolicyException>(() => PolicyReader.Load("/dev/fd/4000"));

        Assert.Contains("a pipe or standard input cannot be: write it to a file", e.Message);
    }

    [Theory]
    [InlineData("fifo", "FIFO")]
    [InlineData("link", "symbolic link")]
    [InlineData("folder", "a folder")]
    [InlineData("device", "a device")]
    [InlineData("missing", "No such file")]
    [InlineData("everybodys", "chmod o-w")]
    public void A_pid_file_that_is_none_is_told_and_waited_for_by_nobody(string kind, string reason)
    {
        using HostileFiles files = new($"{Environment.ProcessId}\n");

        Assert.Contains(reason, new VcpuThreads().WhyNotPinned(files.Of(kind), 0, 0));
    }

    [Fact]
    public void A_pid_file_of_another_user_speaks_for_that_users_processes_only()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "Only root can give a file away.");
        using TemporaryTree tree = new();
        tree.Write("100/task/102/comm", "CPU 0/KVM\n");
        tree.Write("100/task/102/status", "Cpus_allowed_list:\t3\n");
        string pidFile = tree.Write("qemu.pid", "100\n");
        VcpuThreads threads = new(tree.Root);
        Assert.Null(threads.WhyNotPinned(pidFile, 0, 3));

        Shell.Run("chown", "12345", pidFile);
        Assert.Contains($"belongs to user 12345 and names process 100 of user 0", threads.WhyNotPinned(pidFile, 0, 3));
        Shell.Run("chown", "12345", Path.Combine(tree.Root, "100"));
        Assert.Null(threads.WhyNotPinned(pidFile, 0, 3));
        Shell.Run("chown", "0:12345", pidFile);
        Shell.Run("chmod", "0660", pidFile);
        Assert.Contains("names process 100 of user 12345", threads.WhyNotPinned(pidFile, 0, 3));
        Shell.Run("chown", "12346:12345", Path.Combine(tree.Root, "100"));
        Assert.Null(threads.WhyNotPinned(pidFile, 0, 3));
    }
}
