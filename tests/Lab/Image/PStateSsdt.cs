using System.Text;

namespace PollScale.Lab.Image;

/// <summary>
/// An ACPI table that gives each CPU five P-states and a register of its own. The register is an echo port of QEMU's pc-testdev: it holds
/// what was last written, and does nothing.
/// </summary>
internal static class PStateSsdt
{
    private const int FirstPort = 0xE0, Ports = 4;
    private const uint MHz = 1000;

    /// <summary>Frequencies in kHz, fastest first.</summary>
    public static IReadOnlyList<uint> KHz { get; } = [3_200_000, 2_600_000, 2_000_000, 1_400_000, 800_000];

    /// <summary>I/O port of a CPU's register.</summary>
    public static int Port(int cpu) => FirstPort + cpu;

    /// <summary>What the kernel writes into the register for a P-state: its frequency in units of 100 MHz.</summary>
    public static byte Control(int pState) => (byte)(KHz[pState] / (100 * MHz));

    /// <summary>Compiles the table.</summary>
    /// <param name="cpus">1 .. 4.</param>
    /// <returns>Path of the AML.</returns>
    /// <exception cref="LabException">There is no compiler, or it failed.</exception>
    public static string Build(int cpus)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cpus, Ports);
        string source = Source(cpus);
        return ImageCache.Get("ssdt", [source], path =>
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("lab-ssdt-");
            try
            {
                File.WriteAllText(Path.Combine(folder.FullName, "ssdt.asl"), source);
                Tool.Bash($"command -v iasl >/dev/null || {{ echo 'iasl is missing; ./test installs acpica-tools' >&2; exit 1; }}; iasl -p ssdt ssdt.asl && mv ssdt.aml '{path}'", folder.FullName);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
    }

    private static string Source(int cpus)
    {
        StringBuilder text = new("DefinitionBlock (\"\", \"SSDT\", 2, \"POLSCL\", \"PSTATES\", 0x1) {\n");
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            // _PSS: MHz, mW, us of a change, us without the bus, control, status. _PSD: alone in domain `cpu`, hardware does not coordinate.
            string register = $"ResourceTemplate () {{ Register (SystemIO, 8, 0, 0x{Port(cpu):X}, 1) }}";
            string pStates = string.Join(", ", KHz.Select((kHz, i) => $"Package (6) {{{kHz / MHz}, {kHz / MHz * 30}, 10, 10, {Control(i)}, {Control(i)}}}"));
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
                External (\_SB.CPUS.C{{cpu:X3}}, ProcessorObj)
                Scope (\_SB.CPUS.C{{cpu:X3}}) {
                  Name (_PCT, Package (2) { {{register}}, {{register}} })
                  Name (_PSS, Package ({{KHz.Count}}) { {{pStates}} })
                  Name (_PPC, 0)
                  Name (_PSD, Package (1) { Package (5) {5, 0, {{cpu}}, 0xFC, 1} })
                }

                """);
        }

        return text.Append("}\n").ToString();
    }
}
