using PollScale.Clock;
using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Native;
using PollScale.Programs;
using PollScale.Samples.QueueScaler;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Samples.QueueScaler.Modes;
using PollScale.Transports;

ulong mainTsc = TscClock.Now;
try
{
    return (int)Run(OptionsParser.Parse(args), mainTsc);
}
catch (UsageException e)
{
    Output.Error($"queuescaler: {e.Message} See queuescaler --help.");
    return (int)ExitCode.Usage;
}
catch (RouteFileException e)
{
    Output.Error($"queuescaler: {e.Message}");
    return (int)ExitCode.Usage;
}
catch (Exception e) when (e is PacketRegionException or MemifException or FrequencyControlUnavailableException or InvalidOperationException
    or PlatformNotSupportedException or InsufficientMemoryException)
{
    Output.Error($"queuescaler: {e.Message}");
    return (int)ExitCode.Environment;
}

static ExitCode Run(Options options, ulong mainTsc)
{
    if (options.Host.CallFd >= 0)
    {
        // A host that is killed ends nobody: without it this would poll for ever.
        _ = LibC.prctl(LibC.PR_SET_PDEATHSIG, LibC.SIGKILL, 0, 0, 0);
    }

    switch (options.Mode)
    {
        case RunMode.Help:
            Output.Line(Usage.Text);
            return ExitCode.Ok;
        case RunMode.Boot:
            Output.Line($"main_tsc={mainTsc}");
            return ExitCode.Ok;
        case RunMode.Transports:
            return ListTransports.Run(options.Host) ? ExitCode.Ok : ExitCode.Environment;
        case RunMode.SetPStates:
            // A list is asked for to see what the host makes of each.
            using (IFrequencyTransport transport = TransportOpener.Open(options.Host, readBack: true))
            {
                SetPStates.Run(transport, options.PStates, options.HoldMs);
            }

            return ExitCode.Ok;
        default:
            return ForwardPackets.Run(options, mainTsc) ? ExitCode.Ok : ExitCode.Interrupted;
    }
}
