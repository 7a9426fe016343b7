namespace PollScale.HostStub.Audit;

/// <summary>What became of the decisions that an audit log was told of.</summary>
/// <param name="Written">Written in full, a line each.</param>
/// <param name="Suppressed">Like one that was written a moment before: only counted, in a line of repeats.</param>
/// <param name="Lost">Not in the log: no room in its queue, or none on the disk.</param>
internal readonly record struct AuditCounts(ulong Written, ulong Suppressed, ulong Lost);
