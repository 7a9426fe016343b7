namespace PollScale.HostStub.Policy.Cores;

/// <summary>How a grant of the kernel's stands.</summary>
/// <param name="Wish">P-state index last granted; <see cref="Seat.NoWish"/> for none.</param>
/// <param name="LastCallNs">CLOCK_MONOTONIC of the last call, in ns; 0 before the first.</param>
/// <param name="SilentNs">How long ago that was, in ns; 0 before the first.</param>
/// <param name="Calls">Calls so far.</param>
internal readonly record struct KernelGrantState(int Wish, ulong LastCallNs, ulong SilentNs, ulong Calls);
