using PollScale.HostStub.Guest;
using PollScale.HostStub.Guest.Signals;
using Xunit;

namespace PollScale.HostStub.Tests.Guest;

public class ChildTableTests
{
    private readonly ChildTable _table = new();

    [Fact]
    public void Without_children_there_is_nothing_to_wait_for() => Assert.False(_table.TryReap(_ => true, out _));

    [Fact]
    public void A_running_child_is_there_but_has_no_end()
    {
        _table.Add(Child(2));
        Assert.True(_table.TryReap(_ => true, out ChildProcess? ended));
        Assert.Null(ended);
        Assert.False(_table.IsUnreaped(2));
        Assert.False(_table.TryReap(c => c.Pid == 3, out _));
    }

    [Fact]
    public void An_end_is_taken_once_the_oldest_first()
    {
        ChildProcess[] children = [Child(2), Child(3), Child(4)];
        Array.ForEach(children, _table.Add);
        Array.ForEach(children, _table.Ended);

        Assert.True(_table.TryReap(c => c.Pid == 3, out ChildProcess? ended));
        Assert.Same(children[1], ended);
        Assert.Equal((true, false), (_table.IsUnreaped(2), _table.IsUnreaped(3)));
        Assert.True(_table.TryReap(_ => true, out ended));
        Assert.Same(children[0], ended);
        Assert.True(_table.TryReap(_ => true, out ended));
        Assert.Same(children[2], ended);
        Assert.False(_table.TryReap(_ => true, out _));
    }

    [Fact]
    public void Of_many_ends_nobody_takes_the_last_are_kept()
    {
        const int Count = 3 * ChildTable.MaxUnreaped;
        for (int pid = 1; pid <= Count; pid++)
        {
            ChildProcess child = Child(pid);
            _table.Add(child);
            _table.Ended(child);
        }

        Assert.Equal(ChildTable.MaxUnreaped, Enumerable.Range(1, Count).Count(_table.IsUnreaped));
        Assert.True(_table.IsUnreaped(Count));
    }

    [Fact]
    public void A_childs_actions_are_a_copy()
    {
        SignalTable program = new();
        program[SignalInfo.SIGSEGV] = new SignalAction { Handler = 0x1000 };
        SignalTable child = program.Copy();
        child[SignalInfo.SIGSEGV] = default;

        Assert.Equal((0x1000UL, 0UL), (program[SignalInfo.SIGSEGV].Handler, child[SignalInfo.SIGSEGV].Handler));
        Assert.Equal(0x1000UL, program.Copy()[SignalInfo.SIGSEGV].Handler);
    }

    [Fact]
    public void Waiting_for_a_child_ends_with_it_or_with_the_time()
    {
        ChildProcess child = Child(2);
        Assert.False(child.WaitUntilLeft(TimeSpan.FromMilliseconds(1)));
        child.Release();
        Assert.True(child.WaitUntilLeft(TimeSpan.Zero));
    }

    private static ChildProcess Child(int pid) => new(pid, new SignalTable(), exitSignal: 0);
}
