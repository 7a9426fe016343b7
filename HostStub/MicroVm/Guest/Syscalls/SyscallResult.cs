namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>Results of a system call that are no result for the guest; values no errno has.</summary>
internal static class SyscallResult
{
    /// <summary>A file has nothing yet: try again later.</summary>
    public const long Blocked = -100_000;

    /// <summary>The call changed the user registers itself (rt_sigreturn); there is no result.</summary>
    public const long NoResult = -100_001;

    /// <summary>rt_sigreturn found no signal frame: SIGSEGV, which cannot be blocked here.</summary>
    public const long NoFrame = -100_003;

    /// <summary>A signal interrupted a call that SA_RESTART may repeat.</summary>
    public const long Restart = -100_002;

    /// <summary>A signal interrupted a call that goes on unless a handler ran.</summary>
    public const long RestartWithoutHandler = -100_004;
}
