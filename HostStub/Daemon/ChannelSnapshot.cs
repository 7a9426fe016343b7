using PollScale.HostStub.Daemon.Protocol;
using PollScale.Hypercall;

namespace PollScale.HostStub.Daemon;

/// <summary>Counts of one channel as they were at one moment.</summary>
internal sealed record ChannelSnapshot
{
    public required string Guest { get; init; }

    public required int Vcpu { get; init; }

    /// <summary>The pCPU that the vCPU is pinned to; null where none is known.</summary>
    public int? Pcpu { get; init; }

    public required string Endpoint { get; init; }

    /// <summary>Whether the vCPU may change its P-state now: it was granted, and is pinned where that is checked.</summary>
    public required bool Control { get; init; }

    /// <summary>Bounds of what it may have, in kHz.</summary>
    public required uint FastestKhz { get; init; }

    public required uint SlowestKhz { get; init; }

    public required bool Connected { get; init; }

    public string? Problem { get; init; }

    public required ulong Requests { get; init; }

    public required ulong Acks { get; init; }

    /// <summary>All NACKs; the next four say why.</summary>
    public required ulong Nacks { get; init; }

    public required ulong Refused { get; init; }

    public required ulong Foreign { get; init; }

    public required ulong Unsupported { get; init; }

    public required ulong Unknown { get; init; }

    public required ulong QueriesAnswered { get; init; }

    public required ulong WithoutReply { get; init; }

    public required ulong Resyncs { get; init; }

    public required ulong TornPackets { get; init; }

    public required ulong DiscardedBytes { get; init; }

    public required ulong DroppedReplies { get; init; }

    public required ulong Connects { get; init; }

    public required ulong RefusedPeers { get; init; }

    public required double LatencyP50Us { get; init; }

    public required double LatencyP99Us { get; init; }

    public required double LatencyMaxUs { get; init; }

    /// <summary>Reads a channel's counters; from any thread.</summary>
    public static ChannelSnapshot Of(ServedChannel channel)
    {
        ChannelCounters counters = channel.Counters;
        PStateTable pStates = channel.Binding.Service.PStates;
        LatencyFigures latency = counters.Figures();
        ulong refused = counters[AnswerKind.Refused], foreign = counters[AnswerKind.Foreign];
        ulong unsupported = counters[AnswerKind.Unsupported], unknown = counters[AnswerKind.Unknown];
        return new ChannelSnapshot
        {
            Guest = channel.Binding.GuestName,
            Vcpu = channel.Binding.Vcpu,
            Pcpu = channel.Binding.Pcpu,
            Endpoint = channel.Binding.Endpoint.Name,
            Control = channel.Binding.Service.Granted,
            FastestKhz = pStates[pStates.FastestAllowed],
            SlowestKhz = pStates[pStates.SlowestAllowed],
            Connected = channel.Stream is not null,
            Problem = channel.Problem,
            Requests = counters.Requests,
            Acks = counters[AnswerKind.Acked],
            Nacks = refused + foreign + unsupported + unknown,
            Refused = refused,
            Foreign = foreign,
            Unsupported = unsupported,
            Unknown = unknown,
            QueriesAnswered = counters[AnswerKind.Answered],
            WithoutReply = counters[AnswerKind.Silent],
            Resyncs = counters.Resyncs,
            TornPackets = counters.Torn,
            DiscardedBytes = counters.Discarded,
            DroppedReplies = counters.Dropped,
            Connects = counters.Connects,
            RefusedPeers = counters.RefusedPeers,
            LatencyP50Us = latency.P50Us,
            LatencyP99Us = latency.P99Us,
            LatencyMaxUs = latency.MaxUs,
        };
    }
}
