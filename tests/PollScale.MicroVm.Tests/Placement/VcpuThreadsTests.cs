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

    [Fact]
    public void A_thread_is_found_by_its_vCPU_or_it_is_told_why_not()
    {
        using TemporaryTree tree = Qemu("3");
        VcpuThreads threads = new(tree.Root);

        Assert.Equal((102, ""), (threads.Find(100, 0, out string problem), problem));
        Assert.Null(threads.Find(100, 1, out problem));
        Assert.Contains("process 100 has no thread CPU 1/KVM: start QEMU with -name debug-threads=on", problem, StringComparison.Ordinal);
        Assert.Null(threads.Find(101, 0, out problem));
        Assert.NotEmpty(problem);

        // A process whose threads have what names they like has no vCPU by them.
        tree.Write("100/task/103/comm", "CPU 0/KVM\n");
        Assert.Null(threads.Find(100, 0, out problem));
        Assert.Contains("several threads", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void When_a_thread_began_is_behind_its_name_whatever_that_is()
    {
        using TemporaryTree tree = Qemu("3");
        tree.Write("100/task/102/stat", "102 (CPU 0/KVM) 9 (x) S 1 100 100 0 -1 1077936192 1 0 0 0 5 6 0 0 20 0 4 0 4711 1 2 3\n");
        tree.Write("100/task/103/stat", "103 (qemu) S 1\n");
        VcpuThreads threads = new(tree.Root);

        Assert.Equal(4711ul, threads.Began(100, 102, out _));
        Assert.Null(threads.Began(100, 103, out string problem));
        Assert.NotEmpty(problem);
        Assert.Null(threads.Began(100, 104, out problem));
        Assert.NotEmpty(problem);
        Assert.True(new VcpuThreads().Began(Environment.ProcessId, Environment.ProcessId, out _) > 0);
    }

    [Fact]
    public void The_process_of_a_policy_is_told_or_why_not()
    {
        using TemporaryTree tree = Qemu("3");
        tree.Write("qemu.pid", "100\n");
        VcpuThreads threads = new(tree.Root);

        Assert.Equal((100, 7), (threads.ProcessOf($"{tree.Root}/qemu.pid", out _), threads.ProcessOf("7", out _)));
        Assert.Null(threads.ProcessOf($"{tree.Root}/other.pid", out string problem));
        Assert.NotEmpty(problem);
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
