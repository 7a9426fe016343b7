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
