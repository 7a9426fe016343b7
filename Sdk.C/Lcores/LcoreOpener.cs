using Microsoft.Win32.SafeHandles;
using PollScale.C.Settings;
using PollScale.Cpufreq;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Shadow;
using PollScale.Transports;

namespace PollScale.C.Lcores;

/// <summary>Makes a scaler for the calling thread.</summary>
internal static class LcoreOpener
{
    private const double PicosecondsOfTick = 1e5;

    /// <summary>Makes it, with a transport that is the caller's to dispose.</summary>
    /// <exception cref="ArgumentException">A setting does not fit.</exception>
    /// <exception cref="PinningException">The thread is not pinned as required.</exception>
    /// <exception cref="FrequencyControlUnavailableException">There is no way, or not the wanted one.</exception>
    public static LcoreScaler Open(LcoreSettings settings)
    {
        int? cpu = Pin(settings);
        IFrequencyTransport transport = settings.Transport switch
        {
            TransportWay.Loopback => new LoopbackTransport(),
            TransportWay.Shadow => new ShadowTransport(Shadow(settings)),
            _ => FrequencyTransport.Open(Way(settings, cpu)),
        };
        try
        {
            return new LcoreScaler(Options(settings, transport));
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>Whether <see cref="Open"/> would take these settings. What is made once a process is made by it: a scaler that asks nobody comes and goes.</summary>
    /// <exception cref="ArgumentException">A setting does not fit.</exception>
    public static void Check(LcoreSettings settings)
    {
        using LoopbackTransport nobody = new();
        LcoreScalerOptions options = Options(settings, nobody);
        options.Validate();
        using LcoreScaler scaler = new(options with { Pinning = ThreadPinning.Ignore, Cpu = null });
    }

    private static LcoreScalerOptions Options(LcoreSettings settings, IFrequencyTransport transport) => new()
    {
        Transport = transport,
        Governor = GovernorCatalog.Parse(settings.Governor),
        Queues = settings.Queues,
        RingSize = settings.RingSize,
        BurstSize = settings.BurstSize,
        DecisionPeriod = Time(settings.DecisionPeriod),
        Pinning = settings.Pinning,
        Cpu = (int?)settings.Cpu,
        WaitBy = settings.WaitBy,
        WaitDescriptor = settings.WaitDescriptor is { } descriptor ? new SafeFileHandle((nint)descriptor, ownsHandle: false) : null,
        PeakPacketsPerSecond = settings.Peak,
        PacketCost = new ServiceCost(settings.PacketCycles, settings.PacketNs),
    };

    private static int? Pin(LcoreSettings settings)
    {
        try
        {
            int cpu = CpuPinning.Apply(settings.Pinning, (int?)settings.Cpu).Cpu;
            return settings.Pinning == ThreadPinning.Ignore ? null : cpu;
        }
        catch (InvalidOperationException e)
        {
            throw new PinningException(e.Message.Replace("LcoreScalerOptions.Pinning to Pin", "pinning=pin", StringComparison.Ordinal), e);
        }
    }

    private static ShadowOptions Shadow(LcoreSettings settings)
    {
        ShadowOptions standard = new();
        return new ShadowOptions
        {
            KHz = settings.ShadowKHz is { } kHz ? [.. kHz.Select(one => (uint)Math.Min(one, uint.MaxValue))] : standard.KHz,
            Watts = settings.ShadowWatts ?? standard.Watts,
            TransitionLatency = Time(settings.ShadowLatency),
            CallTime = Time(settings.ShadowCallTime),
        };
    }

    private static FrequencyTransportOptions? Way(LcoreSettings settings, int? cpu) => settings.Transport switch
    {
        TransportWay.Hypercall => new HypercallOptions { Doorbell = Doorbells.Hypercall },
        TransportWay.Port => new HypercallOptions { Doorbell = Doorbells.Port },
        TransportWay.Mmio => new HypercallOptions { Doorbell = Doorbells.Mmio },
        TransportWay.Region or TransportWay.RegionHypercall => new RegionOptions
        {
            Root = settings.Root,
            Cpu = cpu,
            AnswerTimeout = Time(settings.ReplyTimeout),
            RingByHypercall = settings.Transport == TransportWay.RegionHypercall,
        },
        TransportWay.GuestChannel => new GuestChannelOptions
        {
            Root = settings.Root,
            Lcore = cpu ?? 0,
            Path = settings.Port.Length > 0 ? settings.Port : null,
            ReplyTimeout = Time(settings.ReplyTimeout),
        },
        TransportWay.Cpufreq => new CpufreqTransportOptions
        {
            Cpufreq = new CpufreqOptions
            {
                Cpu = cpu,
                Root = Path.Combine(settings.Root, CpufreqTree.DefaultRoot.TrimStart('/')),
                LeaseFolder = settings.Root == "/" ? null : Path.Combine(settings.Root, "run/pollscale"),
            },
        },
        _ => null,
    };

    private static TimeSpan Time(double picoseconds) => TimeSpan.FromTicks((long)(picoseconds / PicosecondsOfTick));
}
