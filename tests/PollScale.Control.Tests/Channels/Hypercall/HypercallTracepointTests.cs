using PollScale.HostStub.Channels.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Hypercall;

public sealed class HypercallTracepointTests : IDisposable
{
    private const string Known = "name: kvm_hypercall\nID: 1459\nformat:\n\tfield:unsigned long nr;\toffset:8;\tsize:8;\tsigned:0;\n\tfield:unsigned long a1;\toffset:24;\tsize:8;\tsigned:0;\n";
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void It_is_found_where_its_file_can_be_read_first()
    {
        string handedOver = _tree.Write("credentials/kvm_hypercall", Known);
        Assert.Equal(new HypercallTracepoint(1459, new TracepointField(24, 8)), HypercallTracepoint.Find([$"{_tree.Root}/nowhere", handedOver], out string problem));
        Assert.Equal("", problem);
    }

    [Fact]
    public void Where_it_is_not_there_it_is_said_what_to_mount_and_load()
    {
        Assert.Null(HypercallTracepoint.Find([$"{_tree.Root}/nowhere", $"{_tree.Root}/nowhere/else"], out string problem));
        Assert.Contains($"({_tree.Root}/nowhere): mount tracefs (mount -t tracefs tracefs /sys/kernel/tracing) and load KVM", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a1;\toffset:24;\tsize:4")] // rcx would be half
    [InlineData("a2;\toffset:24;\tsize:8")]
    [InlineData("a1;\toffset:-24;\tsize:8")]
    public void A_tracepoint_with_other_fields_is_not_watched(string field)
    {
        string file = _tree.Write("format", Known.Replace("a1;\toffset:24;\tsize:8", field, StringComparison.Ordinal));
        Assert.Null(HypercallTracepoint.Find([file], out string problem));
        Assert.StartsWith($"{file} tells of other fields than nr and a1", problem);
    }

    [Fact]
    public void A_file_that_is_none_is_told_and_nothing_waits_for_it()
    {
        Make.Fifo($"{_tree.Root}/fifo");
        Assert.Null(HypercallTracepoint.Find([$"{_tree.Root}/fifo"], out string problem));
        Assert.Contains("not a regular file", problem, StringComparison.Ordinal);
        Assert.EndsWith("by which systemd hands the file over.", problem);
    }

    [Fact]
    public void A_number_that_is_no_tracepoint_is_refused_with_what_to_do()
    {
        Assert.Null(new HypercallTracepoint(int.MaxValue, new TracepointField(24, 8)).Observe(LibC.gettid(), out string problem));
        Assert.StartsWith("perf_event_open failed: ", problem);
        Assert.True(problem.Contains("Start hoststub again.", StringComparison.Ordinal) || problem.Contains("CAP_PERFMON, kernel.perf_event_paranoid of at most 2 (it is ", StringComparison.Ordinal), problem);
    }

    [Fact]
    public void The_filter_lets_the_calls_of_the_abi_through_and_no_other() => Assert.Equal("nr >= 0x50530000 && nr < 0x50540000", HypercallTracepoint.Filter);
}
