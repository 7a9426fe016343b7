using System.Runtime.InteropServices;

namespace PollScale.HostStub.Guest.Signals;

/// <summary>Mirrors stack_t (sigaltstack).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SignalStack
{
    public const int SS_ONSTACK = 1, SS_DISABLE = 2;

    public ulong Sp;
    public int Flags;
    public int Padding;
    public ulong Size;

    public readonly bool Contains(ulong sp) => (Flags & SS_DISABLE) == 0 && sp - Sp <= Size && sp >= Sp;
}
