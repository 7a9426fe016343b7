using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>VM m and the kernel module on one boot of a machine, with the commands of linux.sh.</summary>
internal static class ModuleHost
{
    /// <summary>Runs a scenario, which begins with the module loaded and nothing granted, and looks at the kernel's log behind it.</summary>
    /// <param name="machine">The machine; where the module was not built for its kernel, the test is skipped.</param>
    /// <param name="scenario">The scenario.</param>
    public static void Run(LabMachine machine, Action<LinuxHost> scenario)
    {
        machine.SkipWithoutModule();
        machine.OnOneBoot(session =>
        {
            LinuxHost host = new(session);
            host.Job("vm_module", 120);
            scenario(host);
            host.Job("log_clean");
            return true;
        });
    }

    /// <summary>What calls of user nobody in the VM are answered.</summary>
    /// <param name="host">The host.</param>
    /// <param name="calls">An op and an argument each.</param>
    public static string[] Calls(this LinuxHost host, string calls) => LinuxHost.Replies(host.Job($"calls {calls}"));

    /// <summary>Grants vCPU 0 of the VM.</summary>
    /// <param name="host">The host.</param>
    /// <param name="grant">Name, pCPU and what differs from a grant of everything.</param>
    public static string Grant(this LinuxHost host, string grant) => host.Job($"grant {grant}").Output.Trim();

    /// <summary>Grants it and expects that it is granted.</summary>
    /// <param name="host">The host.</param>
    /// <param name="grant">Name, pCPU and what differs from a grant of everything.</param>
    public static void Granted(this LinuxHost host, string grant) => Assert.StartsWith("granted ", host.Grant(grant), StringComparison.Ordinal);
}
