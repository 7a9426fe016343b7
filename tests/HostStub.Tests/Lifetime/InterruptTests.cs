using System.Runtime.InteropServices;
using PollScale.HostStub.Lifetime;
using Xunit;

namespace PollScale.HostStub.Tests.Lifetime;

public class InterruptTests
{
    [Fact]
    public void A_hangup_ends_a_command_unless_it_reloads()
    {
        using Interrupt interrupt = new();
        interrupt.Raise(PosixSignal.SIGHUP);
        Assert.Equal((1, 0, "SIGHUP"), (interrupt.Count, interrupt.Hangups, interrupt.Cause));
        interrupt.HangupReloads = true; // one that came before the command was known is what it turns out to be
        Assert.Equal((0, 1), (interrupt.Count, interrupt.Hangups));
    }

    [Fact]
    public void The_first_signal_is_the_cause()
    {
        using Interrupt interrupt = new();
        interrupt.Raise(PosixSignal.SIGTERM);
        interrupt.Raise(PosixSignal.SIGINT);
        Assert.Equal((2, "SIGTERM"), (interrupt.Count, interrupt.Cause));
    }
}
