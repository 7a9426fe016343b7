namespace PollScale.HostStub.Operate;

/// <summary>What hoststub top was asked to do.</summary>
/// <param name="Control">The daemon's control socket; null for a usual one.</param>
/// <param name="Interval">Time between two looks.</param>
/// <param name="Order">What comes first.</param>
/// <param name="Once">Show the rates of one interval, and end.</param>
internal sealed record TopOptions(string? Control, TimeSpan Interval, TopOrder Order, bool Once);
