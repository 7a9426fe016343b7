using Microsoft.Extensions.Logging;
using PollScale.Clock;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Peer.Reports;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.HostStub.Traffic;
using PollScale.Memif.Control;
using PollScale.Placement;
using PollScale.Programs;
using PollScale.Telemetry;

namespace PollScale.HostStub.Peer;

/// <summary>One run against a memif peer, from start to summary.</summary>
internal sealed class PeerSession(PeerOptions options, IReport report, Interrupt interrupt, ILogger log)
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);
    private readonly string _socket = SafeText.Line(options.Memif.Path);
    private volatile string _news = "nobody came";
    private ulong _sampledTsc;
    private PeerCounts _sampled;

    /// <summary>Runs to the end.</summary>
    public ExitCode Run()
    {
        try
        {
            using TrafficSource source = TrafficSource.Parse(options.Traffic, options.FrameSizes, 0, options.Seed);
            using MemifSocket socket = options.Memif.Open();
            using MemifPort port = socket.Add(options.Memif.Port with { StatusChanged = Tell });
            report.Show(new PeerHeader
            {
                Socket = options.Memif.Path,
                Role = options.Memif.Role == MemifRole.Server ? "server" : "client",
                Id = options.Memif.Port.Id,
                Traffic = source.Profile.Name,
                FrameSize = options.FrameSizes.Name,
                DurationS = options.Duration.TotalSeconds,
                Cpu = options.Cpu,
                TscKhz = TscClock.FrequencyKHz,
                Seed = options.Seed,
            });
            PeerGenerator generator = new(port, source, options);
            generator.Start();
            Watch(generator, port);
            generator.Join();
            return Finish(generator, port);
        }
        catch (Exception e) when (e is MemifException or PlacementException)
        {
            return Refuse(e.Message, ExitCode.Environment);
        }
    }

    private void Tell(string news)
    {
        _news = SafeText.Line(news);
        PeerLog.PeerNews(log, _socket, _news);
    }

    // The first signal ends sending, the second does not wait for what is on its way.
    private void Watch(PeerGenerator generator, MemifPort port)
    {
        while (generator.Phase != TrafficPhase.Ended)
        {
            interrupt.Sleep(s_tick);
            if (interrupt.Count > 1)
            {
                generator.Abort();
            }
            else if (interrupt.Count > 0)
            {
                generator.Stop();
            }

            if (generator.Begin is > 0 and ulong begin)
            {
                TrySample(generator, port, begin);
            }
        }
    }

    private void TrySample(PeerGenerator generator, MemifPort port, ulong begin)
    {
        ulong now = TscClock.Now;
        _sampledTsc = _sampledTsc == 0 ? begin : _sampledTsc;
        double seconds = Seconds(now, _sampledTsc);
        if (seconds < report.Interval.TotalSeconds)
        {
            return;
        }

        PeerCounts counts = generator.Counts();
        report.Show(new PeerSnapshot
        {
            ElapsedS = Seconds(now, begin),
            OfferedMpps = (counts.Offered - _sampled.Offered) / seconds / 1e6,
            ForwardedMpps = (counts.Forwarded - _sampled.Forwarded) / seconds / 1e6,
            Offered = counts.Offered,
            Forwarded = counts.Forwarded,
            RingFull = counts.RingFull,
            NoLink = counts.NoLink,
            NotReturned = counts.NotReturned,
            OutOfOrder = counts.OutOfOrder,
            Duplicated = counts.Duplicated,
            Unstamped = counts.Unstamped,
            Invalid = counts.Invalid,
            Linked = port.Peer is not null,
            Links = port.LinksMade,
            DelayUs = Delay(generator),
        });
        (_sampledTsc, _sampled) = (now, counts);
    }

    private ExitCode Finish(PeerGenerator generator, MemifPort port)
    {
        PeerCounts counts = generator.Counts();
        if (generator.Begin == 0)
        {
            return interrupt.Count > 0 ? Refuse($"Stopped by {interrupt.Cause} before a peer came: {_news}.", interrupt.Code)
                : Refuse($"No memif peer within {Human.Round(options.PeerLimit.TotalSeconds)} s at {_socket}: {_news}. Nothing was sent. Start a peer with the other role, the same id and the same secret, that posts buffers.", ExitCode.Limit);
        }

        ExitCode code = interrupt.Count > 0 ? interrupt.Code : counts.Lost > 0 ? ExitCode.PacketsLost : ExitCode.Ok;
        report.Show(new PeerSummary
        {
            DurationS = Seconds(generator.End, generator.Begin),
            Offered = counts.Offered,
            Forwarded = counts.Forwarded,
            Dropped = new Dictionary<string, ulong> { ["ring_full"] = counts.RingFull, ["no_link"] = counts.NoLink, ["not_returned"] = counts.NotReturned },
            Lost = counts.Lost,
            OutOfOrder = counts.OutOfOrder,
            Duplicated = counts.Duplicated,
            Unstamped = counts.Unstamped,
            Invalid = counts.Invalid,
            Links = port.LinksMade,
            LinksLost = port.LinksMade - (port.Peer is null ? 0 : 1),
            DelayUs = Delay(generator),
            GeneratorStalls = generator.Stalls,
            GeneratorStalledMs = TscClock.ToNanoseconds(generator.StalledTicks) / 1e6,
            Cause = interrupt.Count > 0 ? $"stopped by {interrupt.Cause}" : "all was sent",
            ExitCode = (int)code,
        });
        return code;
    }

    private ExitCode Refuse(string cause, ExitCode code)
    {
        string line = SafeText.Line(cause);
        PeerLog.PeerRunFailed(log, line);
        report.Show(new FailureLine { Cause = line, ExitCode = (int)code });
        return code;
    }

    private static Percentiles Delay(PeerGenerator generator) => Percentiles.Of(generator.Delays, TscClock.FrequencyKHz / 1e3);

    private static double Seconds(ulong tsc, ulong earlier) => tsc > earlier ? (tsc - earlier) / (TscClock.FrequencyKHz * 1000.0) : 0;
}
