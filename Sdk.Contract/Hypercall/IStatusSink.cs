namespace PollScale.Hypercall;

/// <summary>Where a backend publishes the P-state in effect: the guest's status page.</summary>
internal interface IStatusSink
{
    /// <summary>Publishes a change.</summary>
    /// <param name="pState">Index in effect.</param>
    /// <param name="kHz">Its frequency.</param>
    /// <param name="tsc">TSC of the change.</param>
    /// <param name="stretchQ16">Fastest / granted frequency in Q16.16, or 65536 when the frequency is real.</param>
    void Publish(int pState, uint kHz, ulong tsc, uint stretchQ16);
}
