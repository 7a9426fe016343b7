namespace PollScale.HostStub.Report;

/// <summary>What the host counted itself, to hold the guest's claims against.</summary>
/// <param name="Offered">Packets offered.</param>
/// <param name="RingFull">Of these, refused by the full ring.</param>
/// <param name="Returned">Frames that came back, good or bad.</param>
/// <param name="Calls">Frequency calls answered.</param>
/// <param name="CreatedTsc">TSC before the guest was made.</param>
/// <param name="NowTsc">TSC now.</param>
internal readonly record struct HostCounts(ulong Offered, ulong RingFull, ulong Returned, ulong Calls, ulong CreatedTsc, ulong NowTsc);
