namespace PollScale.Samples.QueueScaler;

/// <summary>Exit statuses of the program.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 1;

    /// <summary>The environment lacks something: region, host, memory, CPU.</summary>
    public const int Environment = 2;

    /// <summary>A signal ended forwarding, as shells count SIGINT.</summary>
    public const int Interrupted = 130;
}
