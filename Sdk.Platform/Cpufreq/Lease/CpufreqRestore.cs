using PollScale.Native;

namespace PollScale.Cpufreq;

/// <summary>Puts a policy back to what it was. Every step is tried; what went wrong comes back as sentences.</summary>
internal sealed class CpufreqRestore(CpufreqPolicyFiles files, LeaseRecord lease)
{
    private const int Attempts = 20;
    private readonly List<string> _failures = [];

    /// <summary>What could not be restored; empty when all is as it was.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>What another program has changed meanwhile and keeps; null for nothing.</summary>
    public string? Kept { get; private set; }

    /// <summary>Restores bounds, governor, speed and preference, in this order: bounds while the governor that made them still rules, the preference last because performance refuses it.</summary>
    public CpufreqRestore Run()
    {
        if (lease.Plan.Method == CpufreqMethod.Bounds)
        {
            RestoreBounds();
        }

        if (!RestoreGovernor())
        {
            return this;
        }

        if (lease.Original.SetSpeedKHz is uint kHz && files.SetSpeed is not null)
        {
            Restore(files.SetSpeed, kHz);
        }

        if (lease.Original.Preference is string preference && files.Preference is not null)
        {
            Restore(files.Preference, preference);
        }

        return this;
    }

    private void RestoreBounds()
    {
        int error = Retry(() =>
        {
            int failed = files.Min.ReadKHz(out uint present);
            return failed != 0 ? failed : CpufreqBounds.Write(files, lease.Original.MinKHz, lease.Original.MaxKHz, present);
        });
        int readError = files.Min.ReadKHz(out uint min);
        readError = readError == 0 ? files.Max.ReadKHz(out uint max) : Zero(out max, readError);
        if (error != 0 || readError != 0 || !lease.Original.AreBounds(min, max))
        {
            string shown = error != 0 ? LibC.strerror(error) : readError != 0 ? LibC.strerror(readError) : $"the kernel shows {min} and {max}";
            _failures.Add($"{files.Min.Path} and scaling_max_freq should be {lease.Original.MinKHz} and {lease.Original.MaxKHz}: {shown}.");
        }
    }

    private bool RestoreGovernor()
    {
        int error = files.Governor.ReadText(out string governor);
        if (error == 0 && governor != lease.Original.Governor)
        {
            if (governor != lease.Plan.Governor)
            {
                Kept = $"{files.Governor.Path} is '{governor}': another program set it, so '{lease.Original.Governor}' was not restored.";
                return false;
            }

            error = Retry(() => files.Governor.WriteText(lease.Original.Governor));
        }

        if (error != 0)
        {
            _failures.Add($"{files.Governor.Path} should be '{lease.Original.Governor}': {LibC.strerror(error)}.");
        }

        return error == 0;
    }

    private void Restore(CpufreqPolicyFile file, uint kHz)
    {
        int error = file.ReadKHz(out uint shown) == 0 && shown == kHz ? 0 : Retry(() => file.WriteKHz(kHz));
        if (error != 0)
        {
            _failures.Add($"{file.Path} should be {kHz}: {LibC.strerror(error)}.");
        }
    }

    private void Restore(CpufreqPolicyFile file, string text)
    {
        int error = file.ReadText(out string shown) == 0 && shown == text ? 0 : Retry(() => file.WriteText(text));
        if (error != 0)
        {
            _failures.Add($"{file.Path} should be '{text}': {LibC.strerror(error)}.");
        }
    }

    private static int Retry(Func<int> write)
    {
        int error = write();
        for (int i = 1; i < Attempts && error is (LibC.EBUSY or LibC.EAGAIN); i++)
        {
            Thread.Sleep(1);
            error = write();
        }

        return error;
    }

    private static int Zero(out uint value, int error)
    {
        value = 0;
        return error;
    }
}
