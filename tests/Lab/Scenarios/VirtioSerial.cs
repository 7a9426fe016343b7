using System.Text.Json;
using PollScale.Lab.Machine;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>QEMU's virtio-serial port between the SDK's guest channel in L1 and hoststub serve outside.</summary>
[Collection(HardwareMachine.Collection)]
public class VirtioSerial(HardwareMachine machine)
{
    [Fact]
    public void Requests_land_at_the_daemon_and_the_guest_hears_the_P_state_it_got() => machine.OnOneBoot(session =>
    {
        (string[] replies, JsonElement counters) = Ask(session, "0");
        Assert.Equal(["SetPState 0 -> 0"], replies);
        JsonElement learning = counters;
        (replies, counters) = Ask(session, "0,3,1,20,19,0");
        Assert.Equal(["SetPState 0 -> 0", "SetPState 3 -> 3", "SetPState 1 -> 1", "SetPState 20 -> 20", "SetPState 19 -> 19", "SetPState 0 -> 0"], replies);

        // Both learn the P-states in the same way and go to the fastest; then come 3 DOWN, 2 UP, MIN, 1 UP, MAX, and a query after each.
        Assert.Equal(Count(learning, "acks") + 8, Count(counters, "acks"));
        Assert.Equal(Count(learning, "queries_answered") + 5, Count(counters, "queries_answered"));
        return true;
    });

    [Fact]
    public void Without_a_daemon_the_guest_says_what_is_missing() => machine.OnOneBoot(session =>
    {
        LabResult run = session.Run("chroot /disk $guest set-pstates 0 --doorbell guest-channel").Expect(status: 2);
        Assert.Contains("Start hoststub serve", run.Error, StringComparison.Ordinal);
        return true;
    });

    /// <summary>Lets a guest ask a daemon for P-states.</summary>
    /// <returns>What the guest printed, and what the daemon counted.</returns>
    private static (string[] Replies, JsonElement Counters) Ask(LabSession session, string pStates)
    {
        using ServeProcess serve = new("--channel", $"lab:0:connect:{session.Devices.ChannelSocket}", "--allow-queries");
        LabResult run = session.Run($"chroot /disk $guest set-pstates {pStates} --doorbell guest-channel --reply-ms 5000").Expect();
        JsonElement counters = serve.End();

        Assert.Equal(Count(counters, "requests"), Count(counters, "acks") + Count(counters, "queries_answered") + Count(counters, "without_reply"));
        Assert.All(
            ["nacks", "resyncs", "torn_packets", "discarded_bytes", "dropped_replies", "refused_peers"],
            counter => Assert.Equal((counter, 0UL), (counter, Count(counters, counter))));
        Assert.Equal(1UL, Count(counters, "connects"));
        return (run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), counters);
    }

    private static ulong Count(JsonElement channel, string counter) => channel.GetProperty(counter).GetUInt64();
}
