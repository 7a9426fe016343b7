using System.Runtime.InteropServices;

namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>Mirrors struct epoll_event, which is packed on x86-64.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EpollEvent
{
    public uint Events;
    public ulong Data;
}
