using PollScale.Clock;
using PollScale.GuestProbe.Bench;
using PollScale.GuestProbe.Calls;
using PollScale.GuestProbe.CommandLine;
using PollScale.GuestProbe.Runtime;
using PollScale.Native;
using PollScale.Programs;
using PollScale.Samples.QueueScaler;
using PollScale.Transports;

ulong mainTsc = TscClock.Now;
bool isFirst = args is ["bench-bursts", ..] && FirstProcess.Begin();
int status = Answer(args, mainTsc);
if (isFirst)
{
    FirstProcess.End();
}

return status;

static int Answer(string[] args, ulong mainTsc)
{
    try
    {
        return (int)Run(ProbeOptionsParser.Parse(args), mainTsc);
    }
    catch (UsageException e)
    {
        Output.Error($"guestprobe: {e.Message} See guestprobe --help.");
        return (int)ExitCode.Usage;
    }
    catch (Exception e) when (e is FrequencyControlUnavailableException or InvalidOperationException or PlatformNotSupportedException or InsufficientMemoryException)
    {
        Output.Error($"guestprobe: {e.Message}");
        return (int)ExitCode.Environment;
    }
}

static ExitCode Run(ProbeOptions options, ulong mainTsc)
{
    switch (options.Mode)
    {
        case ProbeMode.Help:
            Output.Line(ProbeUsage.Text);
            return ExitCode.Ok;
        case ProbeMode.Boot:
            Output.Line($"main_tsc={mainTsc}");
            return ExitCode.Ok;
        case ProbeMode.BenchLoop:
            BenchLoop.Run(options.Count);
            return ExitCode.Ok;
        case ProbeMode.BenchCalls:
            using (IFrequencyTransport transport = TransportOpener.Open(options.Host))
            {
                BenchCalls.Run(transport, options.Count, options.Sets);
            }

            return ExitCode.Ok;
        case ProbeMode.BenchPosts:
            using (IFrequencyTransport transport = TransportOpener.Open(options.Host))
            {
                BenchPosts.Run(transport as IPostedTransport ?? throw new UsageException($"requests cannot be left with the host over {transport.Doorbell}: use --doorbell region."), options.Count);
            }

            return ExitCode.Ok;
        case ProbeMode.BenchBursts:
            using (IFrequencyTransport transport = TransportOpener.Open(options.Host))
            {
                BenchBursts.Run(transport, options.Count, options.HoldMs > 0 ? options.HoldMs : BenchBursts.HoldMs, options.Label, (leaf, subleaf) => Cpuid.Read(leaf, subleaf));
                if (options.SpinMs > 0)
                {
                    BenchBursts.Spin(transport, options.SpinMs);
                }
            }

            return ExitCode.Ok;
        case ProbeMode.BenchForward:
            BenchForward.Run(options.Trace, options.Routes, options.Count);
            return ExitCode.Ok;
        case ProbeMode.BenchPolls:
            BenchPolls.Run(options.Trace, options.Count, options.Governor, TimeSpan.FromMicroseconds(options.DecisionUs));
            return ExitCode.Ok;
        case ProbeMode.BenchSleeps:
            BenchSleeps.Run(options.Count, options.SleepUs);
            return ExitCode.Ok;
        case ProbeMode.SelfTest:
            bool passed = SelfTest.Run();
            Output.Line(passed ? "selftest ok" : "selftest failed");
            return passed ? ExitCode.Ok : ExitCode.Failed;
        default:
            return CallProbe.Run(options.Host, options.Flood) ? ExitCode.Ok : ExitCode.Failed;
    }
}
