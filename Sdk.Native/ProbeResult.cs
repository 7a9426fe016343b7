namespace PollScale.Native;

/// <summary>What a crash-safe probe found.</summary>
internal enum ProbeOutcome
{
    /// <summary>The instruction returned a result of 0 or more.</summary>
    Usable,

    /// <summary>The instruction returned a negative result: something answers it, but refuses.</summary>
    Refused,

    /// <summary>A signal ended the child: no hypervisor takes the instruction, or permission is missing.</summary>
    Killed,

    /// <summary>The instruction did not return within 2 s.</summary>
    TimedOut,

    /// <summary>No child could be made: nothing is known about the instruction.</summary>
    CouldNotRun,
}

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
