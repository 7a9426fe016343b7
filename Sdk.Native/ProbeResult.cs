namespace PollScale.Native;

/// <summary>Outcome of a crash-safe probe.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Value">Usable, Refused: the result. Killed: the signal. CouldNotRun: the error number. TimedOut: 0.</param>
internal readonly record struct ProbeResult(ProbeOutcome Outcome, long Value)
{
    /// <summary>One phrase: what the instruction was.</summary>
    public override string ToString() => Outcome switch
    {
        ProbeOutcome.Usable => $"usable, answered {Value}",
        ProbeOutcome.Refused => $"refused, answered {Value}",
        ProbeOutcome.Killed => $"killed by {SignalName((int)Value)}",
        ProbeOutcome.TimedOut => "hanging: no answer within 2 s",
        _ => $"not tried: no child process ({LibC.strerror((int)Value)})",
    };

    private static string SignalName(int signal) => signal switch
    {
        LibC.SIGILL => "SIGILL",
        LibC.SIGBUS => "SIGBUS",
        LibC.SIGSEGV => "SIGSEGV",
        LibC.SIGTRAP => "SIGTRAP",
        _ => $"signal {signal}",
    };
}
