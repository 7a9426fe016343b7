namespace PollScale.HostStub.Policy.Cores;

/// <summary>Reason and time of a vCPU's last decision about its P-state in one word, so that a reader on another thread has both of the same one without a lock.</summary>
internal static class LastDecision
{
    // A TSC of 5 GHz lasts 116 years whole; its last 8 bits are some 50 ns.
    private const int ReasonBits = 8;
    private const ulong ReasonMask = (1 << ReasonBits) - 1;

    /// <summary>Packs; 0 stands for none so far.</summary>
    public static ulong Pack(AuditReason reason, ulong tsc) => (Math.Max(tsc, ReasonMask + 1) & ~ReasonMask) | (ulong)reason;

    /// <summary>Why; <see cref="AuditReason.NothingAsked"/> for none so far.</summary>
    public static AuditReason Reason(ulong packed) => packed == 0 ? AuditReason.NothingAsked : (AuditReason)(packed & ReasonMask);

    /// <summary>TSC then, to some 256 ticks; 0 for none so far.</summary>
    public static ulong Tsc(ulong packed) => packed & ~ReasonMask;
}
