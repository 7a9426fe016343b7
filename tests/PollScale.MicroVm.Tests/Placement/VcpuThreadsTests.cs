using PollScale.HostStub.Placement;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Placement;

public class VcpuThreadsTests
{
    [Theory]
    [InlineData("3", true)]
    [InlineData("3-4", false)]
    [InlineData("2", false)]
    [InlineData("", false)]
    [InlineData("nonsense", false)]
    public void Only_a_thread_allowed_on_just_that_pCPU_is_pinned(string allowed, bool pinned)
    {
        using TemporaryTree tree = Qemu(allowed);

        Assert.Equal(pinned, new VcpuThreads(tree.Root).IsPinned("100", 0, 3));
    }

    [Fact]
    public void The_process_may_be_named_by_a_file()
    {
        using TemporaryTree tree = Qemu("3");
        tree.Write("qemu.pid", "100\n");

        Assert.True(new VcpuThreads(tree.Root).IsPinned($"{tree.Root}/qemu.pid", 0, 3));
    }

    [Theory]
    [InlineData("101", 0)]
    [InlineData("100", 1)]
    [InlineData("/nonexistent/pid", 0)]
    [InlineData("-1", 0)]
    [InlineData("../100", 0)]
    public void What_cannot_be_found_is_not_pinned(string process, int vcpu)
    {
        using TemporaryTree tree = Qemu("3");

        Assert.False(new VcpuThreads(tree.Root).IsPinned(process, vcpu, 3));
    }

    [Fact]
    public void Two_threads_of_one_name_are_not_trusted()
    {
        using TemporaryTree tree = Qemu("3");
        tree.Write("100/task/103/comm", "CPU 0/KVM\n");
        tree.Write("100/task/103/status", "Cpus_allowed_list:\t3\n");

        Assert.False(new VcpuThreads(tree.Root).IsPinned("100", 0, 3));
    }

    private static TemporaryTree Qemu(string allowed)
    {
        TemporaryTree tree = new();
        tree.Write("100/task/100/comm", "qemu-system-x86\n");
        tree.Write("100/task/100/status", "Name:\tqemu\nCpus_allowed_list:\t0-7\n");
        tree.Write("100/task/102/comm", "CPU 0/KVM\n");
        tree.Write("100/task/102/status", $"Name:\tCPU 0/KVM\nCpus_allowed:\t8\nCpus_allowed_list:\t{allowed}\n");
        return tree;
    }
}
