namespace PollScale.Simulation.Cores;

/// <summary>What an lcore that waits comes to. Times are simulated time.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Watts">Power in W of the core in it.</param>
/// <param name="ExitLatency">Time from the end of a wait in it until the core works again, at the power of its P-state.</param>
/// <param name="LeastResidency">Shortest wait for which it is entered.</param>
/// <param name="Source">Where the numbers come from.</param>
internal sealed record IdleState(string Name, double Watts, long ExitLatency, long LeastResidency, string Source);
