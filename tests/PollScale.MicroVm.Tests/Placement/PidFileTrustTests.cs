using PollScale.HostStub.Placement;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Placement;

/// <summary>Files of process ids in whose place another user may have put something else.</summary>
public class PidFileTrustTests
{
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
