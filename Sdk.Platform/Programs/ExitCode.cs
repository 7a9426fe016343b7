namespace PollScale.Programs;

/// <summary>What programs of the house exit with: one meaning a number, whichever program it is.</summary>
internal enum ExitCode
{
    /// <summary>All went well.</summary>
    Ok = 0,

    /// <summary>The command line, or a file it names, is wrong.</summary>
    Usage = 1,

    /// <summary>This machine, or what a host gives, cannot do it: no /dev/kvm, no region, no such CPU, no permission.</summary>
    Environment = 2,

    /// <summary>What was run or tried failed: the guest, or a bound or check of it.</summary>
    Failed = 3,

    /// <summary>Well-formed packets were lost, or packets are not accounted for.</summary>
    PacketsLost = 4,

    /// <summary>The watchdog or a time limit ended the run.</summary>
    Limit = 5,

    /// <summary>Standard output could not be written to the end: closed, full, or its reader gone.</summary>
    Output = 6,

    /// <summary>A defect of the program itself.</summary>
    Internal = 70,

    /// <summary>Ctrl-C.</summary>
    Interrupted = 130,

    /// <summary>SIGHUP: 128 and the signal's number, as for the others.</summary>
    HungUp = 129,

    /// <summary>SIGQUIT.</summary>
    Quit = 131,

    /// <summary>SIGTERM.</summary>
    Terminated = 143,
}
