namespace PollScale.HostStub.Lifetime;

/// <summary>What hoststub exits with.</summary>
internal enum ExitCode
{
    /// <summary>All went well.</summary>
    Ok = 0,

    /// <summary>The command line, or a file it names, is wrong.</summary>
    Usage = 1,

    /// <summary>This machine cannot do it: no /dev/kvm, no such CPU, no permission.</summary>
    Environment = 2,

    /// <summary>The guest crashed, exited with an error, or never polled.</summary>
    GuestFailed = 3,

    /// <summary>Well-formed packets were lost, or packets are not accounted for.</summary>
    PacketsLost = 4,

    /// <summary>The watchdog or a time limit ended the run.</summary>
    Limit = 5,

    /// <summary>Standard output could not be written to the end: closed, full, or its reader gone.</summary>
    Output = 6,

    /// <summary>A defect of hoststub itself.</summary>
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
