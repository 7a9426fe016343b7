namespace PollScale.HostStub.Cli;

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

    /// <summary>A defect of hoststub itself.</summary>
    Internal = 70,

    /// <summary>Ctrl-C.</summary>
    Interrupted = 130,
}
