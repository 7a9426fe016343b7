using System.CommandLine;

namespace PollScale.HostStub.Cli;

/// <summary>The options of guest; <see cref="GuestOptionsReader"/> checks them.</summary>
internal sealed class GuestSymbols
{
    public Argument<string> Name { get; } = new("name") { HelpName = "NAME", Description = "A guest of the policy file." };

    public Option<string?> Policy { get; } = Text("--policy", "FILE", "The policy file that hoststub serve has.");

    public Option<string?> For { get; } = Text("--for", "MANAGER", "Tell what to add to the VM: qemu (arguments) or libvirt (domain XML).");

    public Option<string?> AcpiTable { get; } = Text("--acpi-table", "FILE", "Write the ACPI table by which the guest's own kernel finds the P-states that the policy leaves it, for vCPUs with channel: {debugcon: PATH}.");

    public Option<string?> Frequency { get; } = Text("--frequency", "BACKEND", "Whose P-states the table has, as for serve: simulated, cpufreq or auto [simulated].");

    public Option<string?> CpufreqRoot { get; } = Text("--cpufreq-root", "DIR", "Folder that holds cpufreq, such as a container's mount of the host's [/sys/devices/system/cpu].");

    public Option<string?> PStates { get; } = Text("--pstates", "FILE", "P-states of each simulated pCPU, JSON [a synthetic server core].");

    public Option<bool> Json { get; } = new("--json") { Description = "Report in JSON: one object, the summary; docs/json.md has its fields." };

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Name);
        foreach (Option option in (Option[])[Policy, For, AcpiTable, Frequency, CpufreqRoot, PStates, Json])
        {
            command.Options.Add(option);
        }
    }

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
