namespace PollScale.Hypercall;

/// <summary>Operations of the frequency hypercall ABI. The value is the low half of the call number.</summary>
public enum FrequencyOp
{
    /// <summary>Argument: the guest's ABI version. Result: host version &lt;&lt; 16 | number of P-states.</summary>
    Hello = 0,

    /// <summary>Argument: 0. Result: the granted P-state index.</summary>
    GetPState = 1,

    /// <summary>Argument: P-state index, 0 = fastest. Result: the granted index.</summary>
    SetPState = 2,

    /// <summary>Argument: signed number of P-states, + = faster. Result: the granted index.</summary>
    Step = 3,

    /// <summary>Argument: 0. Result: the granted index.</summary>
    Max = 4,

    /// <summary>Argument: 0. Result: the granted index.</summary>
    Min = 5,

    /// <summary>Argument: P-state index. Result: its frequency in kHz.</summary>
    PStateKHz = 6,

    /// <summary>Argument: 0. Result: fastest allowed index &lt;&lt; 16 | slowest allowed index.</summary>
    Limits = 7,
}
