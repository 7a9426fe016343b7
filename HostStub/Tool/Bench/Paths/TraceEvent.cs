using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.Telemetry;

namespace PollScale.HostStub.Bench.Paths;

/// <summary>What a line of the kernel's trace says.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Cpu">The pCPU it is about: a mark's is where its vCPU ran.</param>
/// <param name="Ticks">When, by the host's TSC.</param>
/// <param name="Value">The burst's number, part of a label, or kHz.</param>
internal readonly partial record struct TraceEvent(TraceEventKind Kind, int Cpu, ulong Ticks, uint Value)
{
    /// <summary>Reads a line of tracefs' file trace, with the clock x86-tsc.</summary>
    /// <returns>False for a line that is about anything else.</returns>
    public static bool TryParse(string line, out TraceEvent read)
    {
        read = default;
        Match match = Line().Match(line);
        if (!match.Success || !ulong.TryParse(match.Groups["ticks"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out ulong ticks))
        {
            return false;
        }

        if (match.Groups["khz"].Success)
        {
            bool whole = uint.TryParse(match.Groups["khz"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out uint kHz)
                & int.TryParse(match.Groups["of"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int of);
            read = new TraceEvent(TraceEventKind.Frequency, of, ticks, kHz);
            return whole;
        }

        bool marked = uint.TryParse(match.Groups["leaf"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint leaf)
            & uint.TryParse(match.Groups["subleaf"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint subleaf)
            & int.TryParse(match.Groups["cpu"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int cpu);
        read = new TraceEvent(leaf == BurstMark.Burst ? TraceEventKind.Burst : TraceEventKind.Label, cpu, ticks, subleaf);
        return marked && leaf is BurstMark.Burst or BurstMark.Label;
    }

    [GeneratedRegex(@"\[(?<cpu>\d{3,})\] \S+ +(?<ticks>\d+): (kvm_cpuid: func (?<leaf>[0-9a-f]{1,8}) idx (?<subleaf>[0-9a-f]{1,8}) |cpu_frequency: state=(?<khz>\d+) cpu_id=(?<of>\d+)$)", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
