using System.Globalization;
using System.Runtime.InteropServices;
using PollScale.Clock;
using PollScale.Governors;
using PollScale.Memif;
using PollScale.Memif.Control;
using PollScale.Programs;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Samples.QueueScaler.Forwarding;
using PollScale.Simulation.Incumbents;
using PollScale.Telemetry;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler.Modes;

/// <summary>The sample's job: forward a region's packets until the host stops, or a memif peer's until a signal comes.</summary>
internal static class ForwardPackets
{
    // The micro-VM's region. No signal reaches a program there, and asking for one costs it a thread.
    private const string MicroVmRegion = "/dev/memif";

    /// <summary>Runs.</summary>
    /// <returns>False when a signal ended a region's run; of a memif peer's that is the usual end.</returns>
    public static bool Run(Options options, ulong mainTsc)
    {
        using CancellationTokenSource cancel = new();
        using PosixSignalRegistration? interrupt = CancelOn(PosixSignal.SIGINT, options, cancel);
        using PosixSignalRegistration? terminate = CancelOn(PosixSignal.SIGTERM, options, cancel);
        return Run(options, mainTsc, cancel.Token);
    }

    /// <summary>Runs until the end, or until it is cancelled.</summary>
    public static bool Run(Options options, ulong mainTsc, CancellationToken cancel)
    {
        if (options.Memif is { } memif)
        {
            RunPeer(options, memif, mainTsc, cancel);
            return true;
        }

        using PacketRegion region = PacketRegion.Open(options.Region);
        using TelemetryBlock block = new(region);
        return Forward(options, new RegionLink(region), block, region.RxQueue.Size, mainTsc, cancel);
    }

    // The socket's thread begins before this one is pinned, and so keeps off its CPU where it may.
    private static void RunPeer(Options options, MemifSpec memif, ulong mainTsc, CancellationToken cancel)
    {
        using MemifSocket socket = memif.Open();
        using MemifPort port = socket.Add(memif.Port with { StatusChanged = news => Output.Line($"queuescaler: memif {memif.Path}: {news}") });
        using TelemetryBlock block = new();
        Forward(options, new MemifLinks(port), block, Math.Max(1 << memif.Port.Log2RingSize, LcoreScalerOptions.LeastRing), mainTsc, cancel);
    }

    private static bool Forward<TLink>(Options options, TLink link, TelemetryBlock block, int ringSize, ulong mainTsc, CancellationToken cancel)
        where TLink : struct, IPacketLink
    {
        LcoreTelemetry telemetry = new(block);
        telemetry.Starting(mainTsc);
        using IFrequencyTransport transport = TransportOpener.Open(options.Host);
        Route[] routes = Routes(options);
        using Dir24_8 table = new(routes, RouteTable.GroupsFor(routes));
        ShownDecisions decisions = new(block.Decisions);
        using LcoreScaler scaler = new(ScalerOptions(options, ringSize, block, transport, decisions));
        ForwardingLoop<LcoreClock, TLink> loop = new(link, block, table, scaler, new LcoreClock(transport, options.WorkSlows ? scaler : null), TscClock.FromNanoseconds((ulong)options.WorkNs), options.Burst, options.WorkSlows, decisions);
        Announce(routes.Length, scaler, table);
        bool drained = loop.Run(cancel);
        scaler.Dispose();
        loop.ShowScaling();
        telemetry.Done();
        Summarize(telemetry, block, scaler, loop.OwnTicks);
        return drained;
    }

    private static LcoreScalerOptions ScalerOptions(Options options, int ringSize, TelemetryBlock block, IFrequencyTransport transport, ShownDecisions decisions)
    {
        return new LcoreScalerOptions
        {
            Transport = transport,
            Governor = context => MakeGovernor(options.Governor, context),
            RingSize = ringSize,
            BurstSize = options.Burst,
            DecisionPeriod = TimeSpan.FromMicroseconds(options.DecisionUs),
            Pinning = ThreadPinning.Pin,
            Cpu = options.Host.Cpu < 0 ? null : options.Host.Cpu,
            RoundTrips = new LatencyHistogram(block.RoundTrip),
            WakeTimes = new LatencyHistogram(block.WakeTime),
            Trace = decisions.Trace,
        };
    }

    // A valid text may ask for what this host does not have: a P-state, a power for each.
    private static IGovernor MakeGovernor(string text, GovernorContext context)
    {
        try
        {
            return ComparedGovernors.Parse(text)(context);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--governor {text} does not go with the host's {context.PStates.Count} P-states: {e.Message}");
        }
    }

    // Of two routes with one prefix the later counts: the option's default replaces the file's.
    private static Route[] Routes(Options options)
    {
        Route[] routes = options.RoutesFile.Length > 0 ? RouteFile.Load(options.RoutesFile) : RouteTable.Create(options.Routes, options.Seed);
        return options.DefaultRoute < 0 ? routes : [.. routes, new Route(0, 0, options.DefaultRoute)];
    }

    // Registered before the lcore is pinned: the runtime's signal thread would inherit its CPU.
    private static PosixSignalRegistration? CancelOn(PosixSignal signal, Options options, CancellationTokenSource cancel) =>
        options.Region.StartsWith(MicroVmRegion, StringComparison.Ordinal) ? null : PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            cancel.Cancel();
        });

    private static void Announce(int routes, LcoreScaler scaler, Dir24_8 table)
    {
        IFrequencyTransport transport = scaler.Transport;
        int slowest = transport.PStates.SlowestAllowed;
        int fastest = transport.PStates.FastestAllowed;
        Output.Line($"queuescaler: {scaler.Lcore}, TSC {TscClock.FrequencyKHz} kHz, {routes} routes ({table.Groups} groups beyond /24)");
        Output.Line($"queuescaler: doorbell {transport.Doorbell}, P-states {fastest}..{slowest} of {transport.PStates.Count}, {transport.PStates[fastest]}..{transport.PStates[slowest]} kHz, {(transport.Emulated ? "emulated: packet work is stretched" : "real")}");
        if (!transport.ControlGranted)
        {
            Output.Line("queuescaler: the host grants this guest no frequency control; forwarding at the speed there is");
        }
    }

    private static void Summarize(LcoreTelemetry telemetry, TelemetryBlock block, LcoreScaler scaler, ulong ownTicks)
    {
        HistogramSnapshot delay = block.Delay.Snapshot();
        HistogramSnapshot roundTrip = block.RoundTrip.Snapshot();
        Output.Line($"queuescaler: received {telemetry[LcoreTelemetryLayout.Received]}, forwarded {telemetry[LcoreTelemetryLayout.Forwarded]}{Drops(telemetry)}");
        Output.Line($"queuescaler: polls {telemetry[LcoreTelemetryLayout.Polls]}, empty {telemetry[LcoreTelemetryLayout.EmptyPolls]}, full {telemetry[LcoreTelemetryLayout.FullPolls]}{(delay.Count == 0 ? "" : $"; queueing delay p50 {Us(delay, 0.5)} us, p99 {Us(delay, 0.99)} us")}");
        Output.Line($"queuescaler: decisions {scaler.Decisions}, calls {scaler.Calls}, failed {scaler.FailedCalls}, last {scaler.LastStatus}; round trip p50 {Us(roundTrip, 0.5)} us, p99 {Us(roundTrip, 0.99)} us");
        if (scaler.Waits > 0)
        {
            HistogramSnapshot late = block.WakeTime.Snapshot();
            Output.Line(FormattableString.Invariant($"queuescaler: waits {scaler.Waits}, {scaler.Idled.TotalSeconds:F1} s in all; ended late by p50 {Us(late, 0.5)} us, p99 {Us(late, 0.99)} us"));
        }

        if (scaler.Shadow is { } shadow)
        {
            Output.Line($"queuescaler: shadow: {shadow.Text}");
        }

        if (ownTicks > 0)
        {
            Output.Line($"queuescaler: own work {TscClock.ToNanoseconds(ownTicks)} ns a packet at the fastest P-state");
        }
    }

    private static string Drops(LcoreTelemetry telemetry)
    {
        string text = "";
        for (int cause = 0; cause < LcoreTelemetryLayout.DropSlots; cause++)
        {
            ulong count = telemetry[LcoreTelemetryLayout.Drops + (cause * sizeof(ulong))];
            text += count > 0 ? $", {(DropCause)cause} {count}" : "";
        }

        return text;
    }

    private static string Us(HistogramSnapshot histogram, double fraction) =>
        (TscClock.ToNanoseconds(histogram.Percentile(fraction)) / 1000.0).ToString("F1", CultureInfo.InvariantCulture);
}
