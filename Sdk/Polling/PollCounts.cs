namespace PollScale.Polling;

/// <summary>Running counts of one lcore's polls at a moment. They only rise.</summary>
/// <param name="Polls">All polls.</param>
/// <param name="EmptyPolls">Polls that returned nothing.</param>
/// <param name="FullPolls">Polls that returned a full burst.</param>
/// <param name="Received">Packets received.</param>
internal readonly record struct PollCounts(ulong Polls, ulong EmptyPolls, ulong FullPolls, ulong Received);
