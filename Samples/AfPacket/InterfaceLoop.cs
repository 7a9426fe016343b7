using System.Diagnostics;
using PollScale.Governors;
using PollScale.Shadow;
using PollScale.Transports;

namespace PollScale.Samples.AfPacket;

/// <summary>Takes frames off an interface's ring, and tells a scaler of each poll.</summary>
internal static class InterfaceLoop
{
    private const int Burst = 32;
    private static readonly TimeSpan s_bound = TimeSpan.FromMilliseconds(20), s_wait = TimeSpan.FromMilliseconds(10);

    /// <summary>Polls until it is ended.</summary>
    /// <exception cref="IOException">The interface cannot be polled.</exception>
    /// <exception cref="FrequencyControlUnavailableException">cpufreq was asked for, and cannot be used.</exception>
    public static void Run(string name, string way, CancellationToken end)
    {
        using PacketRing ring = new(name);
        using IFrequencyTransport transport = Open(way);
        using LcoreScaler scaler = new(Options(ring, transport));
        InterfaceReport report = new(ring, scaler);
        Console.WriteLine($"Polling {name} on CPU {scaler.Lcore.Cpu}, scaled over {transport.Doorbell}.");
        ulong digest = 0;
        long due = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
        while (!end.IsCancellationRequested)
        {
            int received = 0;
            while (received < Burst && ring.TryPeek(out ReadOnlySpan<byte> frame))
            {
                digest ^= Digest(frame);
                ring.Release();
                received++;
            }

            int backlog = received < Burst ? 0 : ring.Backlog;
            scaler.Observe(received, backlog);
            if (received == 0)
            {
                scaler.Idle();
            }

            report.Saw(backlog);
            if (Stopwatch.GetTimestamp() >= due)
            {
                due += Stopwatch.Frequency;
                report.Write();
            }
        }

        report.End(digest);
    }

    // What only follows a core that is not there waits for nobody. Else a frame ends a wait, for the socket can be read from then on; should it not, the bound is kept all the same.
    private static LcoreScalerOptions Options(PacketRing ring, IFrequencyTransport transport)
    {
        LcoreScalerOptions options = new() { Transport = transport, Pinning = ThreadPinning.Pin, RingSize = PacketRing.Frames, BurstSize = Burst };
        return transport is ShadowTransport ? options : options with
        {
            Governor = context => new OptimalAvailableGovernor(context, new OptimalAvailableOptions { DelayBound = s_bound, MaxWait = s_wait }),
            WaitBy = WaitMechanism.Event,
            WaitDescriptor = ring.Descriptor,
        };
    }

    // FNV-1a over all of its bytes: work of a probe, which takes as long as the core is fast.
    private static ulong Digest(ReadOnlySpan<byte> frame)
    {
        ulong digest = 0xcbf29ce484222325;
        foreach (byte value in frame)
        {
            digest = (digest ^ value) * 0x100000001b3;
        }

        return digest;
    }

    private static IFrequencyTransport Open(string way) => way switch
    {
        "shadow" => new ShadowTransport(),
        "none" => new LoopbackTransport(),
        "cpufreq" => FrequencyTransport.Open(new CpufreqTransportOptions()),
        _ => throw new ArgumentException($"'{way}' is not shadow, cpufreq or none."),
    };
}
