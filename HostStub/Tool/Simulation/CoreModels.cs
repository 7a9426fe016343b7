using PollScale.HostStub.Frequency;
using PollScale.Simulation.Cores;

namespace PollScale.HostStub.Simulation;

/// <summary>Simulated cores of P-state files.</summary>
internal static class CoreModels
{
    // A core beyond these cannot be given workloads.
    private const double LeastRate = 100e3, MostRate = 500e6;

    /// <summary>A core with the P-states of a file and given costs.</summary>
    /// <param name="pStates">P-states and their power.</param>
    /// <param name="cyclesPerPacket">Cycles a packet takes.</param>
    /// <param name="memoryNs">Time in ns a packet takes at any frequency.</param>
    /// <param name="idleWatts">Power of a sleeping lcore, no more than of the slowest P-state, in place of the file's idle states; null for these, or a share of that P-state's where it has none.</param>
    /// <param name="core">The core; null when it cannot be simulated.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Make(PStateModel? pStates, double cyclesPerPacket, double memoryNs, double? idleWatts, out CoreModel? core)
    {
        CoreModel model = CoreModel.Synthetic with { CyclesPerPacket = cyclesPerPacket, MemoryNsPerPacket = memoryNs, IdleWatts = idleWatts };
        model = pStates is null ? model : model with { KHz = [.. pStates.PStates.Select(p => p.KHz)], Watts = [.. pStates.PStates.Select(p => p.Watts)] };
        if (idleWatts is null && pStates is { IdleStates: { Count: > 0 } states })
        {
            model = model with { IdleStates = new IdleStates([.. states.Select(s => new IdleState(s.Name, s.Watts, s.ExitLatencyNs * SimTime.Nanosecond, s.LeastResidencyNs * SimTime.Nanosecond, s.Source))]) };
        }

        if (idleWatts > model.Watts[^1])
        {
            core = null;
            return FormattableString.Invariant($"A sleeping lcore cannot draw {idleWatts} W where one that polls at the slowest P-state draws {model.Watts[^1]:0.###} W. Check --idle-power.");
        }

        bool valid = model.ServiceRate(0) is >= LeastRate and <= MostRate;
        core = valid ? model : null;
        return valid ? null : FormattableString.Invariant(
            $"At {model.KHz[0]} kHz with {cyclesPerPacket} cycles and {memoryNs} ns a packet a core serves {model.ServiceRate(0):0} packets/s; a simulation takes cores of 100 000 to 500 000 000. Check --pstates, --cycles-per-packet and --memory-ns.");
    }
}
