namespace PollScale.HostStub.Guest.Signals;

/// <summary>What siginfo and the signal frame tell about one signal.</summary>
/// <param name="Number">Signal number, 1 .. 64.</param>
/// <param name="Code">si_code.</param>
/// <param name="Address">si_addr of a fault.</param>
/// <param name="Vector">Exception vector of a fault, else 0.</param>
/// <param name="ErrorCode">The CPU's error code of a fault, else 0.</param>
/// <param name="Sender">Pid of the process that sent it, or 0.</param>
/// <param name="Status">si_status of a child's end.</param>
/// <param name="Timer">The timer that rang, or null.</param>
/// <param name="Origin">Where it came from, for messages; null for the guest itself.</param>
internal readonly record struct SignalInfo(
    int Number, int Code, ulong Address = 0, int Vector = 0, ulong ErrorCode = 0, int Sender = 0, int Status = 0, GuestTimer? Timer = null, string? Origin = null)
{
    public const int SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGKILL = 9, SIGSEGV = 11, SIGILL = 4, SIGPIPE = 13, SIGALRM = 14, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGURG = 23, SIGWINCH = 28;

    /// <summary>si_code values used here.</summary>
    public const int SI_USER = 0, SI_TIMER = -2, SI_TKILL = -6, CLD_EXITED = 1, CLD_KILLED = 2, SI_KERNEL = 0x80, FPE_INTDIV = 1, FPE_FLTINV = 7, ILL_ILLOPN = 2, SEGV_MAPERR = 1, SEGV_ACCERR = 2, BUS_ADRALN = 1, TRAP_BRKPT = 1;

    /// <summary>Raised by the instruction at hand: it cannot wait.</summary>
    public bool IsFault => Vector > 0 || Code == FPE_INTDIV && Number == SIGFPE;

    /// <summary>Signals whose default action is to do nothing.</summary>
    public bool IgnoredByDefault => Number is SIGCHLD or SIGCONT or SIGURG or SIGWINCH;

    /// <summary>Name for messages.</summary>
    public string Name => SignalNames.Name(Number);
}
