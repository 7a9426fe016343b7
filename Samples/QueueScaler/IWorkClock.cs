namespace PollScale.Samples.QueueScaler;

/// <summary>What paces the work: a struct, so that the compiler inlines it into <see cref="WorkStretcher{TClock}"/>.</summary>
internal interface IWorkClock
{
    /// <summary>The TSC, in ticks.</summary>
    ulong Ticks { get; }

    /// <summary>How much slower than at the fastest P-state the lcore runs, Q16.16; 65536 when it does not.</summary>
    uint StretchQ16 { get; }
}
