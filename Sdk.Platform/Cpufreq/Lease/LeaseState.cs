namespace PollScale.Cpufreq;

/// <summary>A lease file as it was found.</summary>
/// <param name="Path">The file.</param>
/// <param name="Policy">Number of the cpufreq policy; -1 when the file cannot be used.</param>
/// <param name="Root">Folder that holds "cpufreq"; empty when the file cannot be used.</param>
/// <param name="Pid">The process that made it; 0 when the file cannot be used.</param>
/// <param name="Command">Its program.</param>
/// <param name="Governor">The governor to restore.</param>
/// <param name="IsHeld">The process still runs; null when its pid cannot be looked up from here, as that of another container.</param>
/// <param name="Trouble">Why the file cannot be used; null when it can.</param>
internal sealed record LeaseState(string Path, int Policy, string Root, int Pid, string Command, string Governor, bool? IsHeld, string? Trouble);
