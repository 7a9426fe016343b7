using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>Answers calls in this process exactly as a host does, at once and with no effect on any frequency. For tests, and for running without a host.</summary>
public sealed class LoopbackTransport : IFrequencyTransport
{
    private const uint AssumedLatencyNs = 10_000;

    /// <summary>Makes a host of its own.</summary>
    /// <param name="pStates">P-states and limits to show; null takes six, 3.0 to 1.0 GHz, that take effect in 10 us.</param>
    /// <param name="controlGranted">False refuses every change with <see cref="FrequencyStatus.Denied"/>.</param>
    /// <param name="emulated">True makes <see cref="StretchQ16"/> follow the P-state.</param>
    public LoopbackTransport(PStateTable? pStates = null, bool controlGranted = true, bool emulated = false)
    {
        PStates = pStates ?? new PStateTable(AssumedKHz, 0, AssumedKHz.Length - 1, AssumedLatencyNs);
        ControlGranted = controlGranted;
        Emulated = emulated;
        PState = PStates.SlowestAllowed;
    }

    private static ReadOnlySpan<uint> AssumedKHz => [3_000_000, 2_600_000, 2_200_000, 1_800_000, 1_400_000, 1_000_000];

    /// <inheritdoc/>
    public string Doorbell => "loopback";

    /// <inheritdoc/>
    public PStateTable PStates { get; }

    /// <inheritdoc/>
    public bool ControlGranted { get; }

    /// <inheritdoc/>
    public bool Emulated { get; }

    /// <inheritdoc/>
    public uint StretchQ16 => Emulated ? (uint)(((ulong)PStates[0] << 16) / PStates[PState]) : StatusPageLayout.StretchOne;

    /// <summary>Granted P-state index; the slowest allowed at first.</summary>
    public int PState { get; private set; }

    /// <summary>Calls answered.</summary>
    public ulong Calls { get; private set; }

    /// <summary>When not <see cref="FrequencyStatus.Granted"/>, every change is answered with this error and nothing changes.</summary>
    public FrequencyStatus Fault { get; set; }

    /// <inheritdoc/>
    public FrequencyReply Call(FrequencyCall call)
    {
        Calls++;
        FrequencyReply reply = CallMeaning.Answer(call, PStates, PState, out int target);
        if (target < 0)
        {
            return reply;
        }

        if (!ControlGranted)
        {
            return new FrequencyReply(FrequencyStatus.Denied);
        }

        if (Fault != FrequencyStatus.Granted)
        {
            return new FrequencyReply(Fault);
        }

        PState = target;
        return new FrequencyReply(target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
