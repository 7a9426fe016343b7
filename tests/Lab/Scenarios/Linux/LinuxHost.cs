using PollScale.Lab.Image;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>`hoststub serve` and VMs of stock QEMU on one boot of the machine, job by job, with the commands of linux.sh.</summary>
/// <param name="session">The boot.</param>
internal sealed class LinuxHost(LabSession session)
{
    /// <summary>P-state of pCPUs that nobody wishes anything of.</summary>
    public const int Rest = 4;

    private const int Cpus = 2, Looks = 5;

    /// <summary>Runs a job, which must end with status 0.</summary>
    public LabResult Job(string script, int seconds = 90) => session.Run(script, seconds).Expect();

    /// <summary>
    /// Looks at the pCPUs, from inside and from outside: each must have the P-state named. A guest that had no CPU for seconds may have lost its wish for a
    /// moment, until it repeats it.
    /// </summary>
    /// <param name="pStates">P-state of each pCPU.</param>
    public void Expect(params int[] pStates)
    {
        (long KHz, byte Register, string Governor)[] expected = [.. pStates.Select(p => ((long)PStateSsdt.KHz[p], PStateSsdt.Control(p), "userspace"))];
        (long KHz, byte Register, string Governor)[] seen = [];
        for (int attempt = 0; attempt < Looks && !seen.SequenceEqual(expected); attempt++)
        {
            string[] lines = [.. Job("show").Output.Split('\n').Where(l => l.StartsWith("cpu", StringComparison.Ordinal))];
            Assert.Equal(Cpus, lines.Length);
            seen = [.. lines.Select((line, n) => CpuState.Parse(line, session.Devices.Register(n))).Select(cpu => (cpu.KHz, cpu.Register, cpu.Governor))];
        }

        Assert.Equal(expected, seen);
    }

    /// <summary>The P-state that the register of a pCPU holds now, read from outside; -1 for none of them.</summary>
    public int PState(int pCpu)
    {
        byte register = session.Devices.Register(pCpu);
        return Enumerable.Range(0, PStateSsdt.KHz.Count).FirstOrDefault(p => PStateSsdt.Control(p) == register, -1);
    }

    /// <summary>Lines of a job's output that say what a call was answered.</summary>
    public static string[] Replies(LabResult result) => [.. result.Output.Split('\n').Where(l => l.Contains(" -> ", StringComparison.Ordinal))];
}
