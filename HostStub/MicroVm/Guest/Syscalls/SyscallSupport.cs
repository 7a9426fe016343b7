namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>How much of a system call is answered; docs/micro-vm.md shows it, call by call.</summary>
internal enum SyscallSupport
{
    /// <summary>As Linux answers it, for what exists in a micro-VM.</summary>
    Full,

    /// <summary>Some of it; the documentation says what is left out.</summary>
    Partly,

    /// <summary>Known and refused, always with one error.</summary>
    Refused,
}
