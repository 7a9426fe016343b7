namespace PollScale.Governors;

/// <summary>What made a scaler decide for a P-state.</summary>
public enum DecisionCause : byte
{
    /// <summary>The governor wanted it.</summary>
    Governor,

    /// <summary>The scaler started: the fastest.</summary>
    Start,

    /// <summary>The clock leapt: the fastest until a few samples are seen.</summary>
    ClockLeap,

    /// <summary>A failed call left the P-state unknown: the fastest.</summary>
    FailHigh,

    /// <summary>The scaler was disposed: the fastest.</summary>
    Stop,
}
