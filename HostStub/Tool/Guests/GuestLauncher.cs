using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Hypercall;
using PollScale.Programs;

namespace PollScale.HostStub.Guests;

/// <summary>hoststub guest: writes a guest's ACPI table, and tells what its VM needs.</summary>
/// <param name="output">For the result.</param>
internal sealed class GuestLauncher(TextWriter output)
{
    /// <summary>Does what was asked.</summary>
    /// <exception cref="UsageException">The policy does not give the guest what was asked for.</exception>
    /// <exception cref="Policy.HostUnusableException">This machine lacks a pCPU of the guest's.</exception>
    /// <exception cref="IOException">The table cannot be written.</exception>
    public ExitCode Run(GuestOptions options)
    {
        Check(options);
        IReadOnlyList<(int Vcpu, PStateTable Table)> pStates = [];
        if (options.AcpiTable is string path)
        {
            pStates = AcpiTableFile.PStates(options);
            AcpiTableFile.Write(path, pStates);
        }

        IReport report = options.Json ? new JsonLines(output, ReportJson.Default) : new GuestText(output);
        report.Show(new GuestSetup
        {
            Guest = options.Guest.Name,
            Policy = options.Policy.Origin,
            For = options.For,
            Parts = [.. Parts(options)],
            AcpiTable = options.AcpiTable,
            AcpiVcpus = AcpiTableFile.Describe(pStates),
            Notes = options.AcpiTable is null ? [] : [.. Notes(options)],
            ExitCode = (int)ExitCode.Ok,
        });
        return ExitCode.Ok;
    }

    private static IEnumerable<GuestPart> Parts(GuestOptions options) => options.For switch
    {
        VmManager.Qemu => new QemuParts(options).All(),
        VmManager.Libvirt => new LibvirtParts(options).All(),
        _ => [],
    };

    private static void Check(GuestOptions options)
    {
        GuestPolicy guest = options.Guest;
        if (options.AcpiTable is not null && AcpiTableFile.Vcpus(guest).Count == 0)
        {
            throw new UsageException($"No vCPU of guest {guest.Name} asks through a debug port: give it channel: {{debugcon: PATH}} in {options.Policy.Origin}, or leave --acpi-table out.");
        }

        if (guest.Shmem is null && guest.Hypercall == HypercallMode.None && guest.Vcpus.All(vcpu => vcpu.Channel is null))
        {
            throw new UsageException($"{options.Policy.Origin} gives guest {guest.Name} neither shmem nor a channel: there is nothing to add to its VM. Say shmem: {{listen: PATH}}, hypercall: module, or channel: of a vCPU.");
        }

        if (guest.Vcpus.Count == 0)
        {
            throw new UsageException($"Guest {guest.Name} has no vCPUs in {options.Policy.Origin}: name each, with the pCPU that it is pinned to.");
        }
    }

    private static IEnumerable<string> Notes(GuestOptions options)
    {
        yield return AcpiTableFile.IsReal(options)
            ? "The table has the P-states that this machine's clock has now, within the policy's bounds of now. A VM keeps those that it started with: write it anew after a change, and start the VM anew."
            : "The table has simulated P-states, as hoststub serve has them without --frequency: give --frequency cpufreq here where serve has it, and the same --pstates.";
        yield return "This channel has no answers: the guest believes that it got what it asked for. Where today's policy gave less, the audit log says so (one_way).";
        yield return "The guest's CPU model must not be an AMD K8, as qemu64 is: Linux's acpi-cpufreq refuses it. Any named model does, or host.";
    }
}
