namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>How an option's value is written.</summary>
internal enum TunedKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A time; values are in us.</summary>
    Time,
}
