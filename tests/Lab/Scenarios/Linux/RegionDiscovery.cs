using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>What a program of a Linux VM is told about the page that its host shares with it.</summary>
[Collection(LinuxMachine.Collection)]
public class RegionDiscovery(LinuxMachine machine)
{
    [Theory]
    [InlineData("6.12")]
    [InlineData("6.1")]
    public void A_process_of_nobody_finds_it_usable_once_a_rule_has_opened_it(string kernel) => On(kernel, host =>
    {
        Assert.StartsWith("region: usable. ", Survey(host), StringComparison.Ordinal);

        host.Job("l2 a 'chmod 0600 /sys/bus/pci/devices/*/resource0 /sys/bus/pci/devices/*/resource2'");
        string refused = Survey(host);
        Assert.StartsWith("region: not usable. ", refused, StringComparison.Ordinal);
        Assert.Contains("/resource2 may not be opened by this user.", refused, StringComparison.Ordinal);
        Assert.Contains("/etc/udev/rules.d/60-pollscale.rules", refused, StringComparison.Ordinal);

        host.Job("l2 a regions_for_all");
        Assert.StartsWith("region: usable. ", Survey(host), StringComparison.Ordinal);
    });

    [Fact]
    public void A_kernel_that_is_locked_down_is_named() => On("6.12", host =>
    {
        host.Job("l2 a 'echo integrity >/sys/kernel/security/lockdown'");
        string told = Survey(host);
        host.Job("l2_kill a");
        Assert.StartsWith("region: not usable. ", told, StringComparison.Ordinal);
        Assert.Contains("locked down", told, StringComparison.Ordinal);
        Assert.Contains("guest channel", told, StringComparison.Ordinal);
    });

    [Fact]
    public void A_VM_without_the_device_is_told_what_its_host_has_to_do() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("l2_start plain 6.12", 120);
        LabResult survey = session.Run("l2_user plain '$guest transports'; status=$?; l2_kill plain; exit $status").Expect(status: 2);
        string told = Assert.Single(survey.Output.Split('\n'), l => l.StartsWith("region: ", StringComparison.Ordinal));
        Assert.StartsWith("region: not usable. This machine has no shared-memory device", told, StringComparison.Ordinal);
        Assert.Contains("shmem:", told, StringComparison.Ordinal);
        return true;
    });

    private static string Survey(LinuxHost host) =>
        Assert.Single(host.Job("l2_user a '$guest transports; true'").Output.Split('\n'), l => l.StartsWith("region: ", StringComparison.Ordinal));

    private void On(string kernel, Action<LinuxHost> scenario) => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job($"vm a {kernel}", 120);
        scenario(host);
        return true;
    });
}
