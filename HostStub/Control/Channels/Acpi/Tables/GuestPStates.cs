using System.Globalization;
using PollScale.Hypercall;

namespace PollScale.HostStub.Channels.Acpi.Tables;

/// <summary>
/// The ACPI table by which a guest's own kernel finds P-states: for each vCPU with a debug port its control register, the P-states that the policy leaves
/// it, and that it shares no clock. QEMU's machines pc and q35 have vCPU n at \_SB.CPUS.C00n, in hexadecimal.
/// </summary>
internal static class GuestPStates
{
    // Linux takes the time of a change for the time between two: nobody knows better than 10 us where a driver tells none.
    private const uint NsPerUs = 1000, DefaultLatencyUs = 10, MostLatencyUs = 10_000;

    // Asked for by the format; Linux reads it for nothing that a guest does.
    private const uint MilliwattsPerMhz = 30;

    private const uint KHzPerMhz = 1000, SoftwareAll = 0xFC, PsdEntries = 5, PsdRevision = 0;

    /// <summary>P-states that a guest's kernel will see: those within bounds, each slower than the one before in whole MHz.</summary>
    public static IReadOnlyList<int> Shown(PStateTable table)
    {
        List<int> shown = [];
        for (int i = table.FastestAllowed; i <= table.SlowestAllowed; i++)
        {
            if (table[i] >= KHzPerMhz && (shown.Count == 0 || Mhz(table[i]) < Mhz(table[shown[^1]])))
            {
                shown.Add(i);
            }
        }

        return shown;
    }

    /// <summary>Writes the table.</summary>
    /// <param name="vcpus">vCPUs with a debug port, and their P-states and bounds.</param>
    public static byte[] Ssdt(IEnumerable<(int Vcpu, PStateTable Table)> vcpus) => AcpiTable.Ssdt([.. vcpus.OrderBy(pair => pair.Vcpu).SelectMany(pair => Cpu(pair.Vcpu, pair.Table))]);

    private static byte[] Cpu(int vcpu, PStateTable table)
    {
        byte[] register = Aml.PortRegister(ControlByte.Port(vcpu));
        uint latency = table.TransitionLatencyNs is 0 or uint.MaxValue ? DefaultLatencyUs : Math.Clamp((table.TransitionLatencyNs + NsPerUs - 1) / NsPerUs, 1, MostLatencyUs);
        byte[][] pStates = [.. Shown(table).Select(i => PState(Mhz(table[i]), latency, ControlByte.Of(i)))];
        byte[] domain = Aml.Package(Aml.Integer(PsdEntries), Aml.Integer(PsdRevision), Aml.Integer((uint)vcpu), Aml.Integer(SoftwareAll), Aml.Integer(1));
        return Aml.Scope(
            string.Create(CultureInfo.InvariantCulture, $@"\_SB.CPUS.C{vcpu:X3}"),
            Aml.Name("_PCT", Aml.Package(register, register)),
            Aml.Name("_PSS", Aml.Package(pStates)),
            Aml.Name("_PPC", Aml.Integer(0)),
            Aml.Name("_PSD", Aml.Package(domain)));
    }

    private static byte[] PState(uint mhz, uint latencyUs, byte control) => Aml.Package(
        Aml.Integer(mhz), Aml.Integer(mhz * MilliwattsPerMhz), Aml.Integer(latencyUs), Aml.Integer(latencyUs), Aml.Integer(control), Aml.Integer(control));

    private static uint Mhz(uint kHz) => kHz / KHzPerMhz;
}
