namespace PollScale.HostStub.Machine;

/// <summary>How a guest ended.</summary>
/// <param name="End">Kind of end.</param>
/// <param name="ExitCode">Exit status if it exited, else -1.</param>
/// <param name="Cause">One sentence that names the cause.</param>
/// <param name="Report">Registers, exit reason, last system calls; null after a clean exit.</param>
/// <param name="Output">What the guest printed; its last 64 KiB.</param>
internal sealed record GuestOutcome(GuestEnd End, int ExitCode, string Cause, string? Report, string Output);
