namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>Names of system calls for reports.</summary>
internal static class SyscallNames
{
    /// <summary>"epoll_create1 (291)"; "number 461" where the kernel's headers known here have none.</summary>
    public static string Text(long number) => Enum.GetName((SyscallNumber)number) is string name ? $"{name} ({number})" : $"number {number}";
}
