namespace PollScale.Tests.Shared.Governors;

/// <summary>P-states that may be asked for, of 21.</summary>
public readonly record struct AllowedRange(int Fastest, int Slowest);
