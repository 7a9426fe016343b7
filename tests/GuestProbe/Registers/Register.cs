namespace PollScale.GuestProbe.Registers;

/// <summary>Registers of a caller that <see cref="RegisterHarness"/> watches; 0 .. 15 are the general-purpose ones as instructions encode them.</summary>
internal enum Register
{
    Rax,
    Rcx,
    Rdx,
    Rbx,
    Rsp,
    Rbp,
    Rsi,
    Rdi,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,

    /// <summary>The arithmetic flags of RFLAGS.</summary>
    Flags,

    /// <summary>Control and status of SSE.</summary>
    Mxcsr,

    /// <summary>The first of the 16 vector registers: ymm with AVX, otherwise xmm.</summary>
    Vector0,
}
