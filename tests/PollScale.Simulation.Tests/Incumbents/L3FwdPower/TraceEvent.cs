namespace PollScale.Simulation.Tests.Incumbents.L3FwdPower;

/// <summary>An event of a recorded run; the names are the recording's.</summary>
internal readonly record struct TraceEvent(string Name, ulong Clock, ulong A, uint B);
