namespace PollScale.Governors;

public static partial class GovernorCatalog
{
    private static TimeSpan Us(double us) => TimeSpan.FromMicroseconds(us);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    // A new governor is added here and nowhere else.
    private static IEnumerable<GovernorEntry> All() =>
    [
        OptimalAvailable(),
        ArrivalEnvelope(),
        DrainTime(),
        L3FwdPower(),
        PmdScale(),
        Ondemand(),
        Conservative(),
        Schedutil(),
        SpeedScaling(),
        Threshold(),
        Fixed("max", "the fastest P-state that policy allows, always", context => FixedGovernor.Max(context.PStates)),
        Fixed("min", "the slowest P-state that policy allows, always", context => FixedGovernor.Min(context.PStates)),
        Index(),
    ];

    private static GovernorEntry OptimalAvailable() => new GovernorEntryBuilder<OptimalAvailableOptions>("optimal-available", "the least speed that meets each packet's delay bound, with a bound on loss")
        .Time("delay-bound", Us(50), Us(100_000), "longest time a packet may wait", o => o.DelayBound, (o, v) => o with { DelayBound = v })
        .Number("bound-share", 0.3, 1, "", "share of the delay bound to plan with", o => o.BoundShare, (o, v) => o with { BoundShare = v })
        .Number("peak", 0, 1e9, "packets/s", "highest arrival rate; 0 learns it", o => o.PeakPacketsPerSecond, (o, v) => o with { PeakPacketsPerSecond = v })
        .Number("high-water", 0.05, 1, "", "share of the ring that may fill", o => o.HighWater, (o, v) => o with { HighWater = v })
        .Time("rate-time", Us(10), Seconds(1), "time constant of the arrival rate", o => o.RateTime, (o, v) => o with { RateTime = v })
        .Number("lag-share", 0, 1, "", "share of the bound a steady stream may lag", o => o.LagShare, (o, v) => o with { LagShare = v })
        .Number("cycles-per-packet", 10, 1e6, "cycles", "cost of a packet until learned", o => o.CyclesPerPacket, (o, v) => o with { CyclesPerPacket = v })
        .Time("call-time", Us(0), Us(10_000), "round trip of a call until measured", o => o.CallTime, (o, v) => o with { CallTime = v })
        .Time("actuator-latency", Us(0), Us(100_000), "longest time from a call to its effect", o => o.ActuatorLatency, (o, v) => o with { ActuatorLatency = v }, "as the host states")
        .Build(o => o.Validate(), (context, o) => new OptimalAvailableGovernor(context, o));

    private static GovernorEntry ArrivalEnvelope() => new GovernorEntryBuilder<ArrivalEnvelopeOptions>("arrival-envelope", "what survives the worst arrivals of the last second once more; needs no line rate")
        .Time("delay-bound", Us(50), Us(100_000), "longest time a packet may wait", o => o.DelayBound, (o, v) => o with { DelayBound = v })
        .Number("bound-share", 0.1, 1, "", "share of the delay bound the backlog may reach", o => o.BoundShare, (o, v) => o with { BoundShare = v })
        .Number("high-water", 0.05, 1, "", "share of the ring that may fill", o => o.HighWater, (o, v) => o with { HighWater = v })
        .Time("rate-time", Us(10), Seconds(1), "time constant of the arrival rate", o => o.RateTime, (o, v) => o with { RateTime = v })
        .Number("rate-margin", 1, 2, "", "speed over arrival rate", o => o.RateMargin, (o, v) => o with { RateMargin = v })
        .Time("drain-time", Us(50), Seconds(1), "time in which a backlog above a burst is gone", o => o.DrainTime, (o, v) => o with { DrainTime = v })
        .Time("hold-time", Us(10), Seconds(1), "time for which a demand is held", o => o.HoldTime, (o, v) => o with { HoldTime = v })
        .Number("cycles-per-packet", 10, 1e6, "cycles", "cost of a packet until learned", o => o.CyclesPerPacket, (o, v) => o with { CyclesPerPacket = v })
        .Time("actuator-latency", Us(0), Us(100_000), "longest time from a call to its effect", o => o.ActuatorLatency, (o, v) => o with { ActuatorLatency = v }, "as the host states")
        .Build(o => o.Validate(), (context, o) => new ArrivalEnvelopeGovernor(context, o));

    private static GovernorEntry DrainTime() => new GovernorEntryBuilder<DrainTimeOptions>("drain-time", "arrival rate plus what drains the backlog in time, with a bound on loss")
        .Time("drain-time", Us(10), Seconds(1), "time in which the backlog above the setpoint is gone", o => o.DrainTime, (o, v) => o with { DrainTime = v })
        .Whole("setpoint-backlog", 0, 65536, "packets", "backlog that needs no extra speed", o => o.SetpointBacklog, (o, v) => o with { SetpointBacklog = (int)v }, "one burst")
        .Time("hold-time", Us(10), Seconds(1), "time for which a peak of demand is held", o => o.HoldTime, (o, v) => o with { HoldTime = v })
        .Time("rate-time", Us(10), Seconds(1), "time constant of the arrival rate", o => o.RateTime, (o, v) => o with { RateTime = v })
        .Number("rate-margin", 1, 2, "", "speed over arrival rate", o => o.RateMargin, (o, v) => o with { RateMargin = v })
        .Number("step-headroom", 1, 2, "", "headroom taken when the P-state changes", o => o.StepHeadroom, (o, v) => o with { StepHeadroom = v })
        .Number("cycles-per-packet", 10, 1e6, "cycles", "cost of a packet until learned", o => o.CyclesPerPacket, (o, v) => o with { CyclesPerPacket = v })
        .Number("high-water", 0.05, 1, "", "share of the ring never to exceed", o => o.HighWater, (o, v) => o with { HighWater = v })
        .Number("peak-rate", 0, 1e9, "packets/s", "highest arrival rate; 0 learns it", o => o.PeakPacketsPerSecond, (o, v) => o with { PeakPacketsPerSecond = v })
        .Time("call-time", Us(0), Us(10_000), "round trip of a call until measured", o => o.CallTime, (o, v) => o with { CallTime = v })
        .Time("transition-latency", Us(0), Us(100_000), "time from a call's return to its effect", o => o.TransitionLatency, (o, v) => o with { TransitionLatency = v }, "as the host states")
        .Build(o => o.Validate(), (context, o) => new DrainTimeGovernor(context, o));

    private static GovernorEntry L3FwdPower() => new GovernorEntryBuilder<L3FwdPowerOptions>("l3fwd-power", "DPDK l3fwd-power's legacy rule: gears by backlog, one step down every 100 or 200 ms")
        .Whole("gear1-packets", 0, 65536, "packets", "backlog above which gear 1 counts", o => o.Gear1Packets, (o, v) => o with { Gear1Packets = (uint)v })
        .Whole("gear2-packets", 0, 65536, "packets", "backlog above which gear 2 counts", o => o.Gear2Packets, (o, v) => o with { Gear2Packets = (uint)v })
        .Whole("gear3-packets", 0, 65536, "packets", "backlog above which the fastest follows", o => o.Gear3Packets, (o, v) => o with { Gear3Packets = (uint)v })
        .Whole("gear1-trend", 0, 1_000_000, "", "added to the trend in gear 1", o => o.Gear1Trend, (o, v) => o with { Gear1Trend = (uint)v })
        .Whole("gear2-trend", 0, 1_000_000, "", "added to the trend in gear 2", o => o.Gear2Trend, (o, v) => o with { Gear2Trend = (uint)v })
        .Whole("trend-threshold", 1, 1_000_000, "", "trend above which a step up follows", o => o.TrendThreshold, (o, v) => o with { TrendThreshold = (uint)v })
        .Whole("min-empty-polls", 0, 1_000_000, "polls", "empty polls that are not idle yet", o => o.MinEmptyPolls, (o, v) => o with { MinEmptyPolls = (uint)v })
        .Whole("suspend-polls", 2, 1_000_000, "polls", "empty polls before an interrupt is awaited", o => o.SuspendPolls, (o, v) => o with { SuspendPolls = (uint)v })
        .Time("timer-period", Us(1000), Seconds(10), "period of the timer that steps down", o => o.TimerPeriod, (o, v) => o with { TimerPeriod = v })
        .Number("sleep-ratio", 0, 1, "", "share of a period that, slept, steps down", o => o.SleepRatio, (o, v) => o with { SleepRatio = (float)v })
        .Whole("packets-per-pass", 0, 65536, "packets", "packets a pass below which it steps down", o => o.PacketsPerPass, (o, v) => o with { PacketsPerPass = (uint)v })
        .Switch("interrupts", "rx interrupts can be awaited", o => o.Interrupts, (o, v) => o with { Interrupts = v })
        .Time("frequency-call-time", Us(0), Us(10_000), "time a step down takes", o => o.FrequencyCallTime, (o, v) => o with { FrequencyCallTime = v })
        .Switch("sticky-hints", "an empty poll leaves the wish for speed", o => o.StickyHints, (o, v) => o with { StickyHints = v })
        .Switch("negative-count-is-huge", "an unknown backlog counts as a huge one", o => o.NegativeCountIsHuge, (o, v) => o with { NegativeCountIsHuge = v })
        .Switch("trend-never-decays", "the trend only grows until it fires", o => o.TrendNeverDecays, (o, v) => o with { TrendNeverDecays = v })
        .Switch("timer-race", "the timer's period is 100 or 200 ms", o => o.TimerRace, (o, v) => o with { TimerRace = v })
        .Switch("fixed-thresholds", "gears for 128 descriptors, whatever the ring", o => o.FixedThresholds, (o, v) => o with { FixedThresholds = v })
        .Switch("no-down-asleep", "no step down while an interrupt is awaited", o => o.NoDownAsleep, (o, v) => o with { NoDownAsleep = v })
        .Build(o => o.Validate(), (context, o) => new L3FwdPowerGovernor(context, o));

    private static GovernorEntry PmdScale() => new GovernorEntryBuilder<PmdScaleOptions>("pmd-scale", "DPDK pmd-mgmt scale: any packet the fastest, many empty polls the slowest")
        .Whole("max-empty-polls", 1, 1_000_000, "polls", "empty polls above which the slowest follows", o => o.MaxEmptyPolls, (o, v) => o with { MaxEmptyPolls = (uint)v })
        .Build(o => o.Validate(), (context, o) => new PmdScaleGovernor(context, o));

    private static GovernorEntry Ondemand() => new GovernorEntryBuilder<OndemandOptions>("ondemand", "Linux ondemand on true load: above a threshold the fastest, else in proportion")
        .Number("up-threshold", 1, 100, "%", "load above which the fastest follows", o => o.UpThreshold, (o, v) => o with { UpThreshold = v })
        .Time("sampling-period", Us(20), Seconds(1), "time over which load is taken", o => o.SamplingPeriod, (o, v) => o with { SamplingPeriod = v })
        .Whole("sampling-down-factor", 1, 100, "periods", "periods that the fastest lasts", o => o.SamplingDownFactor, (o, v) => o with { SamplingDownFactor = (int)v })
        .Build(o => o.Validate(), (context, o) => new OndemandGovernor(context, o));

    private static GovernorEntry Conservative() => new GovernorEntryBuilder<ConservativeOptions>("conservative", "Linux conservative on true load: a step up above one threshold, down below another")
        .Number("up-threshold", 1, 100, "%", "load above which the frequency rises", o => o.UpThreshold, (o, v) => o with { UpThreshold = v })
        .Number("down-threshold", 0, 99, "%", "load below which it falls", o => o.DownThreshold, (o, v) => o with { DownThreshold = v })
        .Number("freq-step", 1, 100, "%", "step, of the highest frequency", o => o.FrequencyStep, (o, v) => o with { FrequencyStep = v })
        .Time("sampling-period", Us(20), Seconds(1), "time over which load is taken", o => o.SamplingPeriod, (o, v) => o with { SamplingPeriod = v })
        .Whole("sampling-down-factor", 1, 10, "periods", "periods before a step down", o => o.SamplingDownFactor, (o, v) => o with { SamplingDownFactor = (int)v })
        .Build(o => o.Validate(), (context, o) => new ConservativeGovernor(context, o));

    private static GovernorEntry Schedutil() => new GovernorEntryBuilder<SchedutilOptions>("schedutil", "Linux schedutil on true load: 1.25 times the averaged utilization")
        .Number("headroom", 1, 4, "", "frequency over what the utilization needs", o => o.Headroom, (o, v) => o with { Headroom = v })
        .Time("half-life", Us(100), Seconds(1), "half-life of the utilization", o => o.HalfLife, (o, v) => o with { HalfLife = v })
        .Time("rate-limit", Us(0), Seconds(1), "shortest time between changes", o => o.RateLimit, (o, v) => o with { RateLimit = v }, "1.5 latencies")
        .Build(o => o.Validate(), (context, o) => new SchedutilGovernor(context, o));

    private static GovernorEntry SpeedScaling() => new GovernorEntryBuilder<SpeedScalingOptions>("speed-scaling", "power in proportion to the backlog: the inverse of the power function")
        .Number("packets-at-max", 1, 65536, "packets", "backlog that is worth the fastest", o => o.PacketsAtMax, (o, v) => o with { PacketsAtMax = v }, "64")
        .Number("beta", 1e-6, 1000, "", "power a packet is worth, of the fastest's or W", o => o.Beta, (o, v) => o with { Beta = v }, "by packets-at-max")
        .Number("alpha", 1, 10, "", "exponent of the power function", o => o.Alpha, (o, v) => o with { Alpha = v })
        .Numbers("watts", "W/W/.., falling, one a P-state", "power of each P-state", (o, v) => o with { Watts = v }, "speed^alpha")
        .Build(o => o.Validate(), (context, o) => new SpeedScalingGovernor(context, o));

    private static GovernorEntry Threshold() => new GovernorEntryBuilder<ThresholdOptions>("threshold", "one step up above a high backlog, one down below a low one")
        .Time("interval", Us(10), Seconds(1), "time between decisions", o => o.Interval, (o, v) => o with { Interval = v })
        .Whole("high-backlog", 1, 65536, "packets", "backlog above which a step up follows", o => o.HighBacklog, (o, v) => o with { HighBacklog = (int)v })
        .Whole("low-backlog", 0, 65535, "packets", "backlog below which a step down follows", o => o.LowBacklog, (o, v) => o with { LowBacklog = (int)v })
        .Build(o => o.Validate(), (context, o) => new ThresholdGovernor(context, o));

    private static GovernorEntry Fixed(string name, string rule, Func<GovernorContext, IGovernor> make) =>
        new GovernorEntryBuilder<FixedOptions>(name, rule).Build(_ => { }, (context, _) => make(context));

    private static GovernorEntry Index() => new GovernorEntryBuilder<FixedOptions>("index", "one P-state, always: index:N")
        .Whole("p-state", 0, Hypercall.HypercallAbi.MaxPStates - 1, "", "index, 0 the fastest", o => o.PState, (o, v) => o with { PState = (int)v }, "none")
        .TakesValue()
        .Build(o => o.Validate(), (context, o) => FixedGovernor.At(context.PStates, o.PState.GetValueOrDefault()));

    private sealed record FixedOptions
    {
        public int? PState { get; init; }

        public void Validate() => OptionCheck.Require(PState is not null, "index", "p-state", PState, "given, as in index:5");
    }
}
