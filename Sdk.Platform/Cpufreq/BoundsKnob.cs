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
    private readonly uint _hardwareMax;
    private uint _lowest;
    private uint _highest;
    private (uint Min, uint Max) _left;
    private uint _asked;
    private bool _limited;

    /// <summary>Takes bounds as the limits of all that it will set.</summary>
    /// <param name="files">The policy's files.</param>
    /// <param name="governor">Governor that must stay.</param>
    /// <param name="minKHz">Lowest that it may set.</param>
    /// <param name="maxKHz">Highest that it may set.</param>
    /// <param name="hardwareMaxKHz">Highest that the hardware has.</param>
    public BoundsKnob(CpufreqPolicyFiles files, string governor, uint minKHz, uint maxKHz, uint hardwareMaxKHz)
    {
        _files = files;
        _governor = Encoding.ASCII.GetBytes(governor);
        _hardwareMax = hardwareMaxKHz;
        (_lowest, _highest) = (minKHz, maxKHz);
        _asked = maxKHz;
        _left = CpufreqBounds.Read(files, out uint min, out uint max) == 0 ? (min, max) : (minKHz, maxKHz);
        _limited = _left.Max < maxKHz;
    }

    public (uint Lowest, uint Highest)? Limits => (_lowest, _highest);

    public CpufreqResult Set(uint kHz)
    {
        CpufreqResult before = Read(out uint presentMin, out _);
        if (before.Outcome != CpufreqOutcome.Applied)
        {
            return before;
        }

        _asked = Math.Clamp(kHz, _lowest, _highest);
        int error = CpufreqBounds.Write(_files, _asked, _asked, presentMin);
        int readError = CpufreqBounds.Read(_files, out uint min, out uint max);
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

    // A bound that somebody set is a limit that somebody wants, so it is one from here on; what the kernel lowered itself is not.
    public void Regain()
    {
        if (CpufreqBounds.Read(_files, out uint min, out uint max) != 0 || (min, max) == _left)
        {
            return;
        }

        uint limit = CpufreqBounds.KernelLimit(_files, _hardwareMax) ?? 0;
        if (max >= _left.Max || limit > max)
        {
            _highest = max != _left.Max ? max : _highest;
            _lowest = Math.Min(min != _left.Min && min != max ? min : _lowest, _highest);
        }

        _asked = Math.Clamp(_asked, _lowest, _highest);
        if (CpufreqBounds.Write(_files, _asked, _asked, min) == 0 && CpufreqBounds.Read(_files, out min, out max) == 0)
        {
            _left = (min, max);
            _limited = max < _asked;
        }
    }

    private CpufreqResult Read(out uint min, out uint max)
    {
        (min, max) = (0, 0);
        int error = _files.Governor.Is(_governor, out bool governed);
        if (error == 0)
        {
            error = CpufreqBounds.Read(_files, out min, out max);
        }

        bool ours = governed && ((min, max) == _left || (_limited && max <= _asked && min <= max));
        return error != 0 ? new CpufreqResult(CpufreqErrors.Outcome(error), max, error)
            : new CpufreqResult(ours ? CpufreqOutcome.Applied : CpufreqOutcome.LostControl, max);
    }
}
