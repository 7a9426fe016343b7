using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>Hypercalls of a Linux guest's user nobody that a BPF program answers within their exit. Nobody rings the doorbell of the page, and who serves it looks only when rung.</summary>
[Collection(LinuxMachine.Collection)]
public class AnsweredHypercalls(LinuxMachine machine)
{
    private const int Calls = 20;

    [Fact]
    public void A_hypercall_has_its_answer_when_the_instruction_ends_and_only_from_the_granted_vCPU() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("vm_answered", 200);
        Assert.Equal((0, 0), Ask(host, vcpu: 0, slot: 0, pState: 2, count: 1).Counts); // nobody answers yet

        host.Job("answers_start", 200);
        Assert.Equal((Calls, Calls, 2, -1), Ask(host, 0, 0, 2, Calls).Within); // KVM refuses the instruction, and the answer is there
        Assert.Equal((Calls, Calls, 1, -1), Ask(host, 0, 0, 0, Calls).Within); // held to the fastest allowed
        Assert.Equal((Calls, Calls, 3, -1), Ask(host, 1, 1, 4, Calls).Within);
        host.Job($"[ $(answers 0 clamped) = {Calls} ] && [ $(answers 1 clamped) = {Calls} ] && grep -q 'reply 3 cpu 1 Clamped BoundSlowest written 0' /tmp/answers.told");

        // A vCPU for another's slot; a vCPU that runs elsewhere.
        Assert.Equal((0, 0), Ask(host, 1, 0, 2, 3).Counts);
        host.Job("[ $(answers 1 wrongslot) = 3 ] && [ $(answers 0 wrongslot) = 0 ]; l2_pin g 1");
        Assert.Equal((0, 0), Ask(host, 0, 0, 2, 3).Counts);
        host.Job("[ $(answers 0 wrongcpu) = 3 ]; l2_pin g 0");
        Assert.Equal((3, 3, 2, -1), Ask(host, 0, 0, 2, 3).Within);

        // The guest writes over the page, nonce and all: it is not served, and nobody else is harmed.
        host.Job("l2_user g '/scribble $(dirname $(grep -l 0x1110 /sys/bus/pci/devices/*/device)) 1'", 120);
        Assert.Equal((0, 0), Ask(host, 0, 0, 2, 3).Counts);
        host.Job("[ $(answers 0 otherpage) -ge 3 ] && [ $(answers 0 unwritten) = 0 ]; answers_end; l2_kill g");
        return true;
    });

    [Fact]
    public void Nothing_is_answered_once_the_host_was_killed_nor_in_a_QEMU_that_came_later() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("vm_answered", 200);
        host.Job("answers_start", 200);
        Assert.Equal((3, 3, 2, -1), Ask(host, 0, 0, 2, 3).Within);
        host.Job("l2_kill g; vm_answered", 200);
        Assert.Equal((0, 0), Ask(host, 0, 0, 2, 3).Counts);

        host.Job("answers_start", 200);
        Assert.Equal((3, 3, 2, -1), Ask(host, 0, 0, 2, 3).Within);
        host.Job("answers_kill");
        Assert.Equal((0, 0), Ask(host, 0, 0, 2, 3).Counts);
        host.Job("l2_kill g");
        return true;
    });

    private static HypercallAnswers Ask(LinuxHost host, int vcpu, int slot, int pState, int count) => HypercallAnswers.Of(host.Job($"answered {vcpu} {slot} {pState} {count}", 120));
}
