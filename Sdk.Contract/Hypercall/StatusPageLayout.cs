namespace PollScale.Hypercall;

/// <summary>
/// Byte offsets of the read-only status page. Little-endian; written by the host under a sequence lock (odd = being written).
/// </summary>
internal static class StatusPageLayout
{
    /// <summary>u32: sequence lock.</summary>
    public const int Sequence = 0;

    /// <summary>u32: ABI version.</summary>
    public const int AbiVersion = 4;

    /// <summary>u32: granted P-state index.</summary>
    public const int PState = 8;

    /// <summary>u32: granted frequency, kHz.</summary>
    public const int FrequencyKHz = 12;

    /// <summary>u64: TSC at the last change.</summary>
    public const int ChangedTsc = 16;

    /// <summary>u64: number of changes.</summary>
    public const int Changes = 24;

    /// <summary>u32: emulation stretch, Q16.16: fastest / granted frequency; 65536 when the frequency is real.</summary>
    public const int StretchQ16 = 32;

    /// <summary>Bytes used.</summary>
    public const int Size = 36;

    /// <summary>Bytes of the page.</summary>
    public const int PageSize = 4096;

    /// <summary>Stretch of a real frequency: 1.0 in Q16.16.</summary>
    public const uint StretchOne = 1 << 16;
}
