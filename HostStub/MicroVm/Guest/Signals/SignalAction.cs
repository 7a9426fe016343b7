using System.Runtime.InteropServices;

namespace PollScale.HostStub.Guest.Signals;

/// <summary>Mirrors the kernel's struct sigaction on x86-64 (rt_sigaction's argument).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SignalAction
{
    public const ulong SIG_DFL = 0, SIG_IGN = 1;
    public const ulong SA_ONSTACK = 0x0800_0000, SA_RESTART = 0x1000_0000, SA_NODEFER = 0x4000_0000, SA_RESETHAND = 0x8000_0000;

    public ulong Handler;
    public ulong Flags;
    public ulong Restorer;
    public ulong Mask;
}
