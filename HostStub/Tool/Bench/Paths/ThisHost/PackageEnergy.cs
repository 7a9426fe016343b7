using System.Globalization;
using System.Text;
using PollScale.Cpufreq;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>The energy of a pCPU's package by Linux's powercap (RAPL; AMD's under the same name): a counter of uJ that begins anew behind its greatest number.</summary>
internal sealed class PackageEnergy
{
    private const int MostText = 4096;
    private readonly string? _counter;

    /// <summary>Finds it.</summary>
    /// <param name="root">Folder that holds sys; "" but in tests.</param>
    /// <param name="cpu">The pCPU.</param>
    public PackageEnergy(string root, int cpu)
    {
        string zones = root + "/sys/class/powercap";
        try
        {
            string package = "package-" + Text(string.Create(CultureInfo.InvariantCulture, $"{root}{CpufreqTree.DefaultRoot}/cpu{cpu}/topology/physical_package_id"));
            string? zone = Directory.Exists(zones) ? Directory.GetDirectories(zones, "intel-rapl:*").Order(StringComparer.Ordinal).FirstOrDefault(folder => Text($"{folder}/name") == package) : null;
            if (zone is null)
            {
                WhyNot = $"{zones} has no {package}: this CPU, its hypervisor or its kernel has no RAPL";
                return;
            }

            Range = Number($"{zone}/max_energy_range_uj");
            _ = Number($"{zone}/energy_uj");
            _counter = $"{zone}/energy_uj";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            WhyNot = e.Message.TrimEnd('.');
        }
    }

    /// <summary>Why it cannot be read here; null where it can.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>The counter's greatest number, uJ.</summary>
    public ulong Range { get; }

    /// <summary>Reads it, uJ; null where it cannot be read (any more).</summary>
    public ulong? Read()
    {
        try
        {
            return _counter is null ? null : Number(_counter);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            WhyNot ??= e.Message.TrimEnd('.');
            return null;
        }
    }

    private static ulong Number(string file) => ulong.Parse(Text(file), NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Text(string file) => Encoding.ASCII.GetString(SafeFile.Read(file, MostText)).Trim();
}
