using System.Diagnostics.Metrics;
using System.Globalization;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Status;
using PollScale.Notation;

namespace PollScale.HostStub.Metrics;

/// <summary>The instruments that say something of guests: of one set of vCPUs, until they are disposed. Their tags are the policy's words and numbers, and no guest's.</summary>
internal sealed class GuestInstruments : IDisposable
{
    private const int MostChannels = 4; // of one vCPU: guest channel, shared page, debug port, kernel module
    private static readonly string[] s_verdicts = [.. Enum.GetValues<CallVerdict>().Select(WordText.Of)];
    private static readonly string[] s_reasons = [.. Enum.GetValues<AuditReason>().Select(WordText.Of)];
    private readonly Dictionary<string, int> _most = [];
    private readonly Meter _meter;
    private readonly Func<MeterReading> _reading;
    private readonly int _vcpus;

    /// <summary>Makes them.</summary>
    /// <param name="meter">Name of the meter.</param>
    /// <param name="reading">What they show.</param>
    /// <param name="vcpus">Number of vCPUs.</param>
    public GuestInstruments(string meter, Func<MeterReading> reading, int vcpus)
    {
        (_reading, _vcpus) = (reading, vcpus);
        _meter = new Meter(new MeterOptions(meter) { Scope = this });
        GaugeOf("pollscale.host.vcpu.frequency", Frequencies, 3, "Hz", "P-state of a vCPU: wished, granted and real.");
        GaugeOf("pollscale.host.vcpu.control", vcpu => One(vcpu, vcpu.Control ? 1 : 0), 1, "{vcpu}", "Whether a vCPU may change its P-state now: it was granted, and is pinned.");
        GaugeOf("pollscale.host.vcpu.reason", vcpu => One(vcpu, 1, "reason", s_reasons[(int)vcpu.Why]), s_reasons.Length, "{vcpu}", "1 for the reason why a vCPU does not have what it asked for, or none.");
        GaugeOf("pollscale.host.vcpu.hanging", vcpu => One(vcpu, vcpu.Hangs ? 1 : 0), 1, "{vcpu}", "Whether the files of a vCPU's core hang.");
        CounterOf("pollscale.host.vcpu.calls", Calls, s_verdicts.Length, "{call}", "Calls of a vCPU over all its channels, by what was decided.");
        CounterOf("pollscale.host.vcpu.pstate.time", StateTimes, 64 * 2, "s", "Time of a vCPU's pCPU in each P-state."); // twice: a driver may change the table
        CounterOf("pollscale.host.vcpu.pstate.changes", vcpu => OfPcpu(vcpu, energy => energy.Transitions), 2, "{change}", "Changes of the P-state of a vCPU's pCPU that took effect.");
        CounterOf("pollscale.host.vcpu.energy", vcpu => OfPcpu(vcpu, energy => energy.HasPower ? energy.Joules : null), 2, "J", "Modelled energy of a vCPU's pCPU.");
        OfChannels(_meter.CreateObservableGauge<double>, "pollscale.host.channel.connected", channel => One(channel, channel.Counts.Connected ? 1 : 0), 1, "{channel}", "Whether the guest is there.");
        OfChannels(_meter.CreateObservableGauge<double>, "pollscale.host.channel.problem", channel => One(channel, channel.Counts.Problem is null ? 0 : 1), 1, "{channel}", "Whether something is wrong with the channel; the report says what.");
        OfChannels(_meter.CreateObservableCounter<double>, "pollscale.host.channel.connects", channel => One(channel, channel.Counts.Connects), 1, "{connection}", "Connections.");
        OfChannels(_meter.CreateObservableCounter<double>, "pollscale.host.channel.faults", Faults, 4, "{fault}", "What went wrong on the channel, by kind.");
        OfChannels(_meter.CreateObservableCounter<double>, "pollscale.host.channel.discarded", channel => One(channel, channel.Counts.DiscardedBytes), 1, "By", "Bytes that belonged to no request.");
        OfChannels(_meter.CreateObservableCounter<double>, "pollscale.host.requests", Requests, 7, "{request}", "Requests over a channel, by answer.");
        OfChannels(_meter.CreateObservableCounter<double>, "pollscale.host.request.time", channel => One(channel, channel.Latency.Seconds), 1, "s", "Time from wake-ups to answers: over the requests it is the mean latency.");
        OfChannels(_meter.CreateObservableGauge<double>, "pollscale.host.request.p99", P99, 1, "s", "99th percentile of the same since the channel was made.");
        OfChannels(_meter.CreateObservableCounter<double>, "pollscale.host.hypercalls", Hypercalls, 6, "{call}", "Hypercalls of a vCPU that are observed or answered by the kernel, by what they came to.");
    }

    private delegate Instrument Create(string name, Func<IEnumerable<Measurement<double>>> observe, string? unit, string? description);

    /// <summary>The most series that an instrument of such a set has; 0 for another.</summary>
    public static int MostSeries(Instrument instrument) => instrument.Meter.Scope is GuestInstruments of ? of._most[instrument.Name] * of._vcpus : 0;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<double>> Frequencies(VcpuStatus vcpu)
    {
        foreach ((string kind, uint? kHz) in ((string, uint?)[])[("wished", vcpu.WishedKhz), ("granted", vcpu.GrantedKhz), ("real", vcpu.RealKhz)])
        {
            if (kHz is uint known)
            {
                yield return One(vcpu, known * 1e3, "kind", kind)[0];
            }
        }
    }

    private static IEnumerable<Measurement<double>> Calls(VcpuStatus vcpu) => from verdict in Enum.GetValues<CallVerdict>()
        where verdict != CallVerdict.Withdrawn && (vcpu.Calls[verdict] > 0 || verdict == CallVerdict.Granted)
        select One(vcpu, vcpu.Calls[verdict], "result", s_verdicts[(int)verdict])[0];

    private static IEnumerable<Measurement<double>> StateTimes(VcpuStatus vcpu) => vcpu.Energy is null ? []
        : vcpu.Energy.ResidencySeconds.Zip(vcpu.PStatesKhz).Where(state => state.First > 0)
            .Select(state => new Measurement<double>(state.First, [.. OfPcpu(vcpu), new("khz", state.Second.ToString(CultureInfo.InvariantCulture))]));

    private static Measurement<double>[] OfPcpu(VcpuStatus vcpu, Func<Frequency.EnergySnapshot, double?> value) =>
        vcpu.Energy is { } energy && value(energy) is double known ? [new Measurement<double>(known, OfPcpu(vcpu))] : [];

    // vCPUs of one pCPU have the same times and energy, so the pCPU is named: by it they can be taken once.
    private static KeyValuePair<string, object?>[] OfPcpu(VcpuStatus vcpu) =>
        vcpu.Pcpu is int pCpu ? [new("guest", vcpu.Guest), new("vcpu", vcpu.Vcpu), new("pcpu", pCpu)] : [new("guest", vcpu.Guest), new("vcpu", vcpu.Vcpu)];

    private static IEnumerable<Measurement<double>> Requests(ChannelReading channel) => Counted(channel, "result", always: "acked",
    [
        ("acked", channel.Counts.Acks), ("refused", channel.Counts.Refused), ("foreign", channel.Counts.Foreign), ("unsupported", channel.Counts.Unsupported),
        ("unknown", channel.Counts.Unknown), ("answered", channel.Counts.QueriesAnswered), ("without_reply", channel.Counts.WithoutReply),
    ]);

    private static IEnumerable<Measurement<double>> Faults(ChannelReading channel) => Counted(channel, "kind", always: "torn",
        [("torn", channel.Counts.TornPackets), ("resync", channel.Counts.Resyncs), ("dropped_reply", channel.Counts.DroppedReplies), ("refused_peer", channel.Counts.RefusedPeers)]);

    private static IEnumerable<Measurement<double>> Hypercalls(ChannelReading channel) => channel.Counts.Hypercalls is not ulong served ? [] : Counted(channel, "result", always: "served",
    [
        ("served", served), ("wrong_slot", channel.Counts.HypercallsWrongSlot ?? 0), ("wrong_cpu", channel.Counts.HypercallsWrongCpu ?? 0),
        ("wrong_thread", channel.Counts.HypercallsWrongThread ?? 0), ("lost", channel.Counts.HypercallsLost ?? 0), ("no_page", channel.Counts.HypercallsNoPage ?? 0),
    ]);

    private static Measurement<double>[] P99(ChannelReading channel) => channel.Latency.Us.P99 is double us ? One(channel, us / 1e6) : [];

    // What never was has no series, but for one, so that there is a zero to compare with.
    private static IEnumerable<Measurement<double>> Counted(ChannelReading channel, string tag, string always, IEnumerable<(string Name, ulong Count)> counts) => counts
        .Where(count => count.Count > 0 || count.Name == always)
        .Select(count => new Measurement<double>(count.Count, new("guest", channel.Counts.Guest), new("vcpu", channel.Counts.Vcpu), new("channel", channel.Kind), new(tag, count.Name)));

    private static Measurement<double>[] One(ChannelReading channel, double value) =>
        [new(value, new("guest", channel.Counts.Guest), new("vcpu", channel.Counts.Vcpu), new("channel", channel.Kind))];

    private static Measurement<double>[] One(VcpuStatus vcpu, double value) => [new(value, new("guest", vcpu.Guest), new("vcpu", vcpu.Vcpu))];

    private static Measurement<double>[] One(VcpuStatus vcpu, double value, string tag, string tagged) =>
        [new(value, new("guest", vcpu.Guest), new("vcpu", vcpu.Vcpu), new(tag, tagged))];

    private void GaugeOf(string name, Func<VcpuStatus, IEnumerable<Measurement<double>>> measure, int most, string unit, string description) =>
        Add(_meter.CreateObservableGauge<double>, name, () => _reading().Vcpus.SelectMany(measure), most, unit, description);

    private void CounterOf(string name, Func<VcpuStatus, IEnumerable<Measurement<double>>> measure, int most, string unit, string description) =>
        Add(_meter.CreateObservableCounter<double>, name, () => _reading().Vcpus.SelectMany(measure), most, unit, description);

    private void OfChannels(Create create, string name, Func<ChannelReading, IEnumerable<Measurement<double>>> measure, int most, string unit, string description) =>
        Add(create, name, () => _reading().Channels.SelectMany(measure), most * MostChannels, unit, description);

    private void Add(Create create, string name, Func<IEnumerable<Measurement<double>>> observe, int most, string unit, string description)
    {
        _most.Add(name, most); // asked for while it is made
        create(name, observe, unit, description);
    }
}
