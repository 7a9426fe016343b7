namespace PollScale.HostStub.Guest;

/// <summary>Names of signals for messages.</summary>
internal static class SignalNames
{
    private static readonly string[] s_names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>"SIGSEGV"; "signal 40" for a real-time signal.</summary>
    public static string Name(int signal) => signal > 0 && signal <= s_names.Length ? "SIG" + s_names[signal - 1] : $"signal {signal}";
}
