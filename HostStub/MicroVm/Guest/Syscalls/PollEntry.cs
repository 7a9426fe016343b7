using System.Runtime.InteropServices;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>Mirrors struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Fd;
    public short Events;
    public short Returned;
}
