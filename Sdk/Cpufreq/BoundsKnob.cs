using System.Text;

namespace PollScale.Cpufreq;

/// <summary>Both bounds set to one frequency.</summary>
/// <remarks>
/// What the files show before a write must be what the last one left: else another program wrote them, and writing on would take its wish
/// away unseen. A limit of the kernel's own (heat, firmware) that shows right after a write is no such case, for the write was taken.
/// </remarks>
internal sealed class BoundsKnob : IFrequencyKnob
{
    private readonly CpufreqPolicyFiles _files;
    private readonly byte[] _governor;
    private readonly uint _lowest;
    private readonly uint _highest;
    private (uint Min, uint Max) _left;
    private uint _asked;
    private bool _limited;

    /// <summary>Takes the bounds there are as the limits of all that it will set.</summary>
    /// <param name="files">The policy's files.</param>
    /// <param name="governor">Governor that must stay.</param>
    /// <param name="minKHz">scaling_min_freq now.</param>
    /// <param name="maxKHz">scaling_max_freq now.</param>
    public BoundsKnob(CpufreqPolicyFiles files, string governor, uint minKHz, uint maxKHz)
    {
        _files = files;
        _governor = Encoding.ASCII.GetBytes(governor);
        (_lowest, _highest) = _left = (minKHz, maxKHz);
    }

    public CpufreqResult Set(uint kHz)
    {
        CpufreqResult before = Read(out uint presentMin, out _);
        if (before.Outcome != CpufreqOutcome.Applied)
        {
            return before;
        }

        _asked = Math.Clamp(kHz, _lowest, _highest);
        int error = CpufreqBounds.Write(_files, _asked, _asked, presentMin);
        int readError = ReadBounds(out uint min, out uint max);
        if (readError == 0)
        {
            _left = (min, max); // after a write that failed half-way too
            _limited = error == 0 && max < _asked;
        }

        error = error == 0 ? readError : error;
        return error != 0 ? new CpufreqResult(CpufreqErrors.Outcome(error), max, error)
            : new CpufreqResult(min == kHz && max == kHz ? CpufreqOutcome.Applied : CpufreqOutcome.Adjusted, max);
    }

    public CpufreqResult Read() => Read(out _, out _);

    private CpufreqResult Read(out uint min, out uint max)
    {
        (min, max) = (0, 0);
        int error = _files.Governor.Is(_governor, out bool governed);
        if (error == 0)
        {
            error = ReadBounds(out min, out max);
        }

        bool ours = governed && ((min, max) == _left || (_limited && max <= _asked && min <= max));
        return error != 0 ? new CpufreqResult(CpufreqErrors.Outcome(error), max, error)
            : new CpufreqResult(ours ? CpufreqOutcome.Applied : CpufreqOutcome.LostControl, max);
    }

    private int ReadBounds(out uint min, out uint max)
    {
        max = 0;
        int error = _files.Min.ReadKHz(out min);
        return error != 0 ? error : _files.Max.ReadKHz(out max);
    }
}
