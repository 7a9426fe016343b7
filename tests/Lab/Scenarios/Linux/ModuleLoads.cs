using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>The kernel module comes and goes while a guest calls as fast as it can, granted and not, and the kernel has nothing to say.</summary>
[Collection(OneCpuLinuxMachine.Collection)]
public class ModuleLoads(OneCpuLinuxMachine machine)
{
    private const int Loads = 20;

    // While the device is open it cannot be unloaded; each time calls were granted.
    private const string Job = """
        l2_user m '/module_guest flood 100000 >/dev/null 2>&1 &'
        rmmod pollscale_kvm || exit 1
        for n in $(seq LOADS); do
          module_load && grant one 0 | grep -q granted && sleep 0.3 && grant_state one && ! rmmod pollscale_kvm 2>/dev/null && grant_end one && rmmod pollscale_kvm || exit 1
        done
        l2 m 'killall -9 module_guest'
        """;

    [Fact]
    public void It_is_loaded_and_unloaded_under_load() => ModuleHost.Run(machine, host =>
    {
        string[] states = host.Job(Job.Replace("LOADS", $"{Loads}", StringComparison.Ordinal), 150).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Loads, states.Length);
        Assert.All(states, state => Assert.DoesNotContain(" wish=-1", state, StringComparison.Ordinal));
        host.Job("module_load");
        host.Granted("one 0");
        Assert.Equal(["2 2 -> 2"], host.Calls("2 2"));
        Assert.Equal(2, host.PState(0));
    });
}
