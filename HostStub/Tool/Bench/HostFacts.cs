using System.Globalization;
using PollScale.Clock;
using PollScale.Cpufreq;

namespace PollScale.HostStub.Bench;

/// <summary>The machine that figures belong to.</summary>
internal sealed record HostFacts
{
    private const string Unknown = "unknown";

    /// <summary>Its CPU, as the kernel names it.</summary>
    public required string CpuModel { get; init; }

    /// <summary>The CPU's microcode.</summary>
    public required string Microcode { get; init; }

    /// <summary>True where the CPU says that a hypervisor is below: no figure is of silicon then.</summary>
    public required bool Virtualised { get; init; }

    /// <summary>The kernel's release.</summary>
    public required string Kernel { get; init; }

    /// <summary>The driver that sets the pCPU's frequency.</summary>
    public required string CpufreqDriver { get; init; }

    /// <summary>The TSC's frequency.</summary>
    public required long TscKhz { get; init; }

    /// <summary>The CPU promises a TSC that ticks evenly.</summary>
    public required bool TscInvariant { get; init; }

    /// <summary>Reads them.</summary>
    /// <param name="cpu">The pCPU.</param>
    public static HostFacts Read(int cpu)
    {
        string[] lines = Text("/proc/cpuinfo").Split('\n');
        return new HostFacts
        {
            CpuModel = Field(lines, "model name"),
            Microcode = Field(lines, "microcode"),
            Virtualised = Field(lines, "flags").Split(' ').Contains("hypervisor"),
            Kernel = Text("/proc/sys/kernel/osrelease"),
            CpufreqDriver = Text(string.Create(CultureInfo.InvariantCulture, $"{CpufreqTree.DefaultRoot}/cpu{cpu}/cpufreq/scaling_driver")),
            TscKhz = TscClock.FrequencyKHz,
            TscInvariant = TscClock.IsInvariant,
        };
    }

    private static string Field(string[] lines, string key) =>
        lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal) && line.Contains(':', StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? Unknown;

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unknown;
        }
    }
}
