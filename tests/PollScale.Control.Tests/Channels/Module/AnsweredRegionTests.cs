using PollScale.Region;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Module;

/// <summary>What a guest with a shared page is told while the kernel answers its hypercalls.</summary>
public class AnsweredRegionTests
{
    [Fact]
    public void The_header_says_so_while_it_is_so_and_the_process_is_known_while_it_is_there()
    {
        bool answered = false;
        using RegionLab lab = new(answered: () => Volatile.Read(ref answered));
        Assert.Null(lab.Server.ProcessOf(lab.Binding.Guest));
        using (IvshmemPeer vm = lab.Connect())
        {
            ChannelLab.Until(() => lab.Server.ProcessOf(lab.Binding.Guest) == Environment.ProcessId, "the process is not known");
            Assert.False(IsTold(vm));
            Volatile.Write(ref answered, true);
            ChannelLab.Until(() => IsTold(vm), "the guest is not told");
            Volatile.Write(ref answered, false);
            ChannelLab.Until(() => !IsTold(vm), "the guest is not told that it has ended");
        }

        ChannelLab.Until(() => lab.Server.ProcessOf(lab.Binding.Guest) is null, "the process is still known");
        Assert.Null(lab.Server.ProcessOf("nobody"));
    }

    private static bool IsTold(IvshmemPeer vm) => (vm.Header(RegionLayout.FlagsField) & (uint)RegionFlags.HypercallsAnswered) != 0;
}
