using PollScale.Hypercall;

namespace PollScale.HostStub.Frequency;

/// <summary>One user's share of a backend that several pCPUs have in common.</summary>
/// <param name="inner">The backend.</param>
/// <param name="leave">Called once, when this share is disposed.</param>
internal sealed class SharedBackend(IFrequencyBackend inner, Action leave) : IFrequencyBackend
{
    private bool _left;

    /// <inheritdoc/>
    public PStateTable PStates => inner.PStates;

    /// <inheritdoc/>
    public bool Emulated => inner.Emulated;

    /// <inheritdoc/>
    public IEnergySource? Meter => inner.Meter;

    /// <inheritdoc/>
    public bool IsLost => inner.IsLost;

    /// <inheritdoc/>
    public bool IsLent
    {
        set => inner.IsLent = value;
    }

    /// <inheritdoc/>
    public void Show(uint kHz, ulong tsc) => inner.Show(kHz, tsc);

    /// <inheritdoc/>
    public int Requested => inner.Requested;

    /// <inheritdoc/>
    public void Attach(IStatusSink sink) => inner.Attach(sink);

    /// <inheritdoc/>
    public bool TrySet(int index, ulong tsc) => inner.TrySet(index, tsc);

    /// <inheritdoc/>
    public void Poll(ulong tsc) => inner.Poll(tsc);

    /// <inheritdoc/>
    public void Renew(ulong tsc) => inner.Renew(tsc);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            leave();
        }
    }
}
