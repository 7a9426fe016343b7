namespace PollScale.Simulation.Incumbents;

/// <summary>What l3fwd-power does at the end of a pass over its queues.</summary>
internal enum L3FwdPowerStep
{
    /// <summary>Goes on.</summary>
    None,

    /// <summary>One P-state faster (rte_power_freq_up).</summary>
    FrequencyUp,

    /// <summary>The fastest P-state (rte_power_freq_max).</summary>
    FrequencyMax,

    /// <summary>Waits busily.</summary>
    Delay,

    /// <summary>Waits for an rx interrupt on any queue, at most 10 ms.</summary>
    Sleep,
}
