using PollScale.HostStub.Frequency;
using PollScale.Hypercall;

namespace PollScale.Tests.Shared.Control;

/// <summary>Applies at once, or fails or throws as told.</summary>
internal sealed class ScriptedBackend(PStateTable table, int initial = 0) : IFrequencyBackend
{
    public bool Fails { get; set; }

    public bool Throws { get; set; }

    public int Sets { get; private set; }

    public PStateTable PStates { get; set; } = table;

    public bool IsLost { get; set; }

    public bool IsLent { get; set; }

    public int Renewals { get; private set; }

    public bool Emulated { get; init; } = true;

    public bool Disposed { get; private set; }

    public int Requested { get; private set; } = initial;

    public void Attach(IStatusSink sink)
    {
    }

    public bool TrySet(int index, ulong tsc)
    {
        Sets++;
        if (Throws)
        {
            throw new InvalidOperationException("scripted");
        }

        if (!Fails)
        {
            Requested = index;
        }

        return !Fails;
    }

    public void Show(uint kHz, ulong tsc) => Requested = IsLent ? PStates.Nearest(kHz) : Requested;

    public void Poll(ulong tsc)
    {
    }

    public void Renew(ulong tsc) => Renewals++;

    public void Dispose() => Disposed = true;
}
