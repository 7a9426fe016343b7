using System.Globalization;
using System.Text;
using PollScale.Cpufreq;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Frequency.Cpufreq;

/// <summary>The real frequency of a pCPU that nobody may change: its kernel's governor goes on, and what it does is read about once a second.</summary>
internal sealed class CpufreqView : IFrequencyBackend
{
    private const int LongestFile = 4096;
    private readonly string _file;
    private readonly ulong _every;
    private IStatusSink? _sink;
    private int _shown;
    private ulong _next;

    /// <summary>Looks at a policy.</summary>
    /// <param name="policy">The pCPU's policy.</param>
    /// <param name="tscHz">TSC ticks a second.</param>
    public CpufreqView(CpufreqPolicy policy, double tscHz)
    {
        PStateTable pStates = CpufreqPStates.Build(policy);
        PStates = new PStateTable(pStates.KHz, 0, pStates.Count - 1, pStates.TransitionLatencyNs); // bounds are for those who ask for changes
        _file = Path.Combine(policy.Folder, "scaling_cur_freq");
        _every = (ulong)tscHz;
        Poll(0);
    }

    /// <inheritdoc/>
    public PStateTable PStates { get; }

    /// <inheritdoc/>
    public bool Emulated => false;

    /// <summary>The P-state nearest to the frequency last read.</summary>
    public int Requested => Volatile.Read(ref _shown);

    /// <inheritdoc/>
    public void Attach(IStatusSink sink)
    {
        _sink = sink;
        Publish(0);
    }

    /// <summary>False: nothing is set here.</summary>
    public bool TrySet(int index, ulong tsc) => false;

    /// <inheritdoc/>
    public void Poll(ulong tsc)
    {
        if (tsc < _next)
        {
            return;
        }

        _next = tsc + _every;
        if (ReadKHz() is uint kHz && PStates.Nearest(kHz) is int now && now != _shown)
        {
            Volatile.Write(ref _shown, now);
            Publish(tsc);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Publish(ulong tsc) => _sink?.Publish(_shown, PStates[_shown], tsc, StatusPageLayout.StretchOne);

    private uint? ReadKHz()
    {
        try
        {
            return uint.TryParse(Encoding.ASCII.GetString(SafeFile.Read(_file, LongestFile)).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out uint kHz) ? kHz : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // the CPU went offline: what was last read stays
        }
    }
}
