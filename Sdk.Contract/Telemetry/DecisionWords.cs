namespace PollScale.Telemetry;

/// <summary>One decision of a scaler in four words, as a trace keeps it and a telemetry block shows it. What they mean only who decides knows.</summary>
/// <param name="Ticks">TSC at the decision.</param>
/// <param name="Rate">The bits of the arrival rate, a double.</param>
/// <param name="Backlog">Packets waiting, and above them the host's answer.</param>
/// <param name="Codes">P-states, cause and reason, a byte each.</param>
internal readonly record struct DecisionWords(long Ticks, long Rate, long Backlog, long Codes);
