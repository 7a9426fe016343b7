namespace PollScale.Cpufreq;

/// <summary>The answer to one request.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="KHz">Frequency that the kernel shows now, kHz; 0 when it could not be read.</param>
/// <param name="Errno">Linux error number of the failed call, 0 for none.</param>
internal readonly record struct CpufreqResult(CpufreqOutcome Outcome, uint KHz, int Errno = 0)
{
    /// <summary>True when the kernel took the request.</summary>
    public bool IsGranted => Outcome is CpufreqOutcome.Applied or CpufreqOutcome.Adjusted;
}
