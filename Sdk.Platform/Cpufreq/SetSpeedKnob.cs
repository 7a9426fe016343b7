using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>scaling_setspeed under the userspace governor. Reading it gives the frequency that the driver was told, after clamping and rounding.</summary>
internal sealed class SetSpeedKnob(CpufreqPolicyFiles files) : IFrequencyKnob
{
    public (uint Lowest, uint Highest)? Limits => null;

    public CpufreqResult Set(uint kHz)
    {
        int error = files.SetSpeed!.WriteKHz(kHz);
        CpufreqResult read = Read();
        if (error != 0)
        {
            return read.Outcome == CpufreqOutcome.LostControl ? read : new CpufreqResult(CpufreqErrors.Outcome(error), read.KHz, error);
        }

        // The write succeeds even when the driver failed: kernels ignore the governor's answer there. So only reading tells.
        return read.Outcome == CpufreqOutcome.Applied && read.KHz != kHz ? read with { Outcome = CpufreqOutcome.Adjusted } : read;
    }

    public CpufreqResult Read()
    {
        // EINVAL stands for "<unsupported>": another governor, or none was told a frequency yet.
        int error = files.SetSpeed!.ReadKHz(out uint kHz);
        if (error is 0 or LibC.EINVAL)
        {
            error = files.Governor.Is("userspace"u8, out bool ours);
            if (error == 0 && !ours)
            {
                return new CpufreqResult(CpufreqOutcome.LostControl, kHz);
            }
        }

        return new CpufreqResult(CpufreqErrors.Outcome(error), kHz, error);
    }

    // The policy's bounds are not ours: whoever changes them may.
    public void Regain()
    {
    }
}
