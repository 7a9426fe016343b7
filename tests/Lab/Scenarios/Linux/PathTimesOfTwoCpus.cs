using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>The same as <see cref="PathTimes"/> where the vCPU has a CPU of its own and all else another, in parallel: times of an emulator, which mean something beside each other only.</summary>
[Collection(LinuxMachine.Collection)]
public class PathTimesOfTwoCpus(LinuxMachine machine)
{
    /// <summary>A measurement, for docs/paths.md: it takes both CPUs of the machine that it runs on. Run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void The_whole_matrix() => PathMatrix.MeasureAll(machine);
}
