using PollScale.Hypercall;
using PollScale.Transports;

namespace PollScale.Shadow;

/// <summary>
/// Asks nobody and changes nothing: a scaler with it follows what a core of other P-states would have done with this application's own packets, and
/// <see cref="LcoreScaler.Shadow"/> tells what that would have saved, delayed and lost. For one scaler.
/// </summary>
/// <remarks>The application runs on as fast as it does: its ring is next to empty, so what a governor would see is a ring that is served at the P-state that it would have had.</remarks>
public sealed class ShadowTransport : IFrequencyTransport
{
    private bool _taken;
    private int _granted;

    /// <summary>Makes one.</summary>
    /// <param name="options">The core that it stands for; null takes the synthetic server core.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ShadowTransport(ShadowOptions? options = null)
    {
        Options = options ?? new ShadowOptions();
        Options.Validate();
        PStates = new PStateTable([.. Options.KHz], 0, Options.KHz.Count - 1, (uint)Options.TransitionLatency.TotalNanoseconds);
    }

    /// <summary>The core that it stands for.</summary>
    public ShadowOptions Options { get; }

    /// <inheritdoc/>
    public string Doorbell => "shadow";

    /// <inheritdoc/>
    public PStateTable PStates { get; }

    /// <inheritdoc/>
    public bool ControlGranted => true;

    /// <summary>True: no core changes its speed. The application is not to be slowed either, so <see cref="StretchQ16"/> stays 65536.</summary>
    public bool Emulated => true;

    /// <inheritdoc/>
    public uint StretchQ16 => StatusPageLayout.StretchOne;

    /// <inheritdoc/>
    public FrequencyReply Call(FrequencyCall call)
    {
        FrequencyReply reply = CallMeaning.Answer(call, PStates, _granted, out int target);
        if (target < 0)
        {
            return reply;
        }

        _granted = target;
        return new FrequencyReply(target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Takes it for a scaler.</summary>
    /// <exception cref="InvalidOperationException">Another one has it.</exception>
    internal void Take()
    {
        if (_taken)
        {
            throw new InvalidOperationException("A ShadowTransport is one scaler's, and another has this one: make one for each.");
        }

        _taken = true;
    }
}
