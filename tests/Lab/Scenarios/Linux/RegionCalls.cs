using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Calls of processes of user nobody over the shared page: what they are answered, and which pCPU hears of it.</summary>
[Collection(LinuxMachine.Collection)]
public class RegionCalls(LinuxMachine machine)
{
    // P-states 1 .. 3 of 5 allowed. What is no i16 is refused in the guest, what is no operation too.
    private static readonly string[] s_expected =
    [
        "Hello 1 -> 65541", "Hello 0 -> 65541", "Hello 63 -> 65541", // version 1 << 16 | 5
        "GetPState 1 -> Invalid (-22)", "GetPState 63 -> Invalid (-22)",
        "SetPState 4 -> 3", "SetPState 0 -> 1", "SetPState 5 -> Invalid (-22)", "SetPState 63 -> Invalid (-22)",
        "SetPState 64 -> Invalid (-22)", "SetPState -1 -> Invalid (-22)", "SetPState 9223372036854775807 -> Invalid (-22)",
        "Step -1 -> 2", "Step 1 -> 1", "Step 0 -> 1", "Step -32 -> 3", "Step 31 -> 1", "Step -33 -> 3", "Step 32 -> 1",
        "Max 0 -> 1", "Max 1 -> Invalid (-22)", "Min 0 -> 3", "Min 1 -> Invalid (-22)",
        "PStateKHz 0 -> 3200000", "PStateKHz 4 -> 800000", "PStateKHz 5 -> Invalid (-22)", "PStateKHz 63 -> Invalid (-22)",
        "PStateKHz 64 -> Invalid (-22)", "PStateKHz -1 -> Invalid (-22)",
        "Limits 0 -> 65539", "Limits 1 -> Invalid (-22)", // fastest 1 << 16 | slowest 3
        "8 0 -> UnknownCall (-1000)",
    ];

    [Fact]
    public void Each_call_valid_and_hostile_has_its_answer() => On("b", host =>
    {
        LabResult probe = host.Job("l2_user b '$probe probe --doorbell region --reply-ms 5000'");
        string[] replies = LinuxHost.Replies(probe);
        Assert.All(s_expected, expected => Assert.Contains(expected, replies));
        Assert.Contains("transport region: 5 P-states, allowed 1..3", probe.Output, StringComparison.Ordinal);
        Assert.Contains("control granted, real", probe.Output, StringComparison.Ordinal);
    });

    [Fact]
    public void A_wish_reaches_the_register_of_its_own_pCPU_and_lapses_with_its_process() => On("a", host =>
    {
        host.Job("vm b", 120);
        foreach (int pState in (int[])[2, 0, 3])
        {
            Assert.Equal([$"SetPState {pState} -> {pState}"], LinuxHost.Replies(host.Job($"ask a {pState}")));
            host.Expect(LinuxHost.Rest, pState);
            host.Job("asked_no_more a");
        }

        host.Job("until_khz 1 800000");

        // Two VMs, each on its own.
        Assert.Equal(["SetPState 0 -> 1"], LinuxHost.Replies(host.Job("ask b 0")));
        Assert.Equal(["SetPState 2 -> 2"], LinuxHost.Replies(host.Job("ask a 2")));
        host.Expect(1, 2);
        host.Job("asked_no_more a; until_khz 1 800000");
        host.Expect(1, LinuxHost.Rest);
        host.Job("asked_no_more b; until_khz 0 800000");
        host.Expect(LinuxHost.Rest, LinuxHost.Rest);
    });

    [Fact]
    public void Answered_and_posted_requests_all_find_their_answers() => On("a", host =>
    {
        LabResult run = host.Job("l2_user a '$probe bench-calls 200 --doorbell region --reply-ms 5000; $probe bench-posts 200 --doorbell region --reply-ms 5000'", 120);
        Assert.Contains("bench-calls doorbell=region calls=200 errors=0 ", run.Output, StringComparison.Ordinal);
        Assert.Contains("bench-posts doorbell=region calls=200 errors=0 ", run.Output, StringComparison.Ordinal);
    });

    [Fact]
    public void A_second_process_on_the_same_vCPU_is_refused_with_the_reason() => On("a", host =>
    {
        host.Job("ask a 1");
        LabResult second = host.Job("l2_user a '$guest set-pstates 3 --doorbell region --reply-ms 5000; [ $? -eq 2 ]'");
        host.Expect(LinuxHost.Rest, 1);
        host.Job("asked_no_more a; until_khz 1 800000");
        Assert.Contains("Another process has vCPU 0's slot of the shared page", second.Error, StringComparison.Ordinal);
        Assert.Empty(LinuxHost.Replies(second));
    });

    private void On(string vm, Action<LinuxHost> scenario) => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job($"vm {vm}", 120);
        scenario(host);
        return true;
    });
}
