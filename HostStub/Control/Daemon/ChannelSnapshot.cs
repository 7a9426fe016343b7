using PollScale.HostStub.Daemon.Protocol;
using PollScale.Hypercall;
using PollScale.Telemetry;

namespace PollScale.HostStub.Daemon;

/// <summary>Counts of one channel as they were at one moment.</summary>
internal sealed record ChannelSnapshot
{
    /// <summary>Name of the guest.</summary>
    public required string Guest { get; init; }

    /// <summary>Number of the guest's vCPU.</summary>
    public required int Vcpu { get; init; }

    /// <summary>The pCPU that the vCPU is pinned to; null where none is known.</summary>
    public int? Pcpu { get; init; }

    /// <summary>Kind and path of the channel.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Whether the vCPU may change its P-state now: it was granted, and is pinned where that is checked.</summary>
    public required bool Control { get; init; }

    /// <summary>The fastest frequency it may have.</summary>
    public required uint FastestKhz { get; init; }

    /// <summary>The slowest frequency it may have.</summary>
    public required uint SlowestKhz { get; init; }

    /// <summary>The guest is there.</summary>
    public required bool Connected { get; init; }

    /// <summary>What is wrong with the channel; null for nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>Packets taken.</summary>
    public required ulong Requests { get; init; }

    /// <summary>Packets answered by ACK.</summary>
    public required ulong Acks { get; init; }

    /// <summary>All NACKs; the next four say why.</summary>
    public required ulong Nacks { get; init; }

    /// <summary>NACK: by the policy, or for the frequency could not be set.</summary>
    public required ulong Refused { get; init; }

    /// <summary>NACK: for another vCPU, or a core of the host.</summary>
    public required ulong Foreign { get; init; }

    /// <summary>NACK: policies, and turbo where there is none.</summary>
    public required ulong Unsupported { get; init; }

    /// <summary>NACK: no such command or unit.</summary>
    public required ulong Unknown { get; init; }

    /// <summary>Queries answered.</summary>
    public required ulong QueriesAnswered { get; init; }

    /// <summary>Packets that have no reply.</summary>
    public required ulong WithoutReply { get; init; }

    /// <summary>Times the next packet had to be found again.</summary>
    public required ulong Resyncs { get; init; }

    /// <summary>Packets whose rest did not come in time.</summary>
    public required ulong TornPackets { get; init; }

    /// <summary>Bytes that belonged to no packet.</summary>
    public required ulong DiscardedBytes { get; init; }

    /// <summary>Replies given up, for the guest read none.</summary>
    public required ulong DroppedReplies { get; init; }

    /// <summary>Bytes of a debug port, of which only the newest of each moment is a request; null for another channel.</summary>
    public ulong? ControlBytes { get; init; }

    /// <summary>Those of them that name no P-state.</summary>
    public ulong? UnknownBytes { get; init; }

    /// <summary>Requests that observed hypercalls brought, or hypercalls that the host's kernel answered; null where it is neither.</summary>
    public ulong? Hypercalls { get; init; }

    /// <summary>Hypercalls dropped, for rcx was not the number of the request in the vCPU's slot.</summary>
    public ulong? HypercallsWrongSlot { get; init; }

    /// <summary>Hypercalls of a vCPU that ran on another pCPU than its own: changes were denied, or not answered within the exit.</summary>
    public ulong? HypercallsWrongCpu { get; init; }

    /// <summary>Hypercalls dropped, for the kernel named another thread than the vCPU's.</summary>
    public ulong? HypercallsWrongThread { get; init; }

    /// <summary>Records of hypercalls that the kernel had no room for, before Linux 6.0 as far as later ones told; of those that it answers, of all vCPUs together.</summary>
    public ulong? HypercallsLost { get; init; }

    /// <summary>Hypercalls not answered within the exit, for the page was not where it should be, or the guest had written over its header.</summary>
    public ulong? HypercallsNoPage { get; init; }

    /// <summary>Connections so far.</summary>
    public required ulong Connects { get; init; }

    /// <summary>Peers turned away because the channel had one.</summary>
    public required ulong RefusedPeers { get; init; }

    /// <summary>Time from the wake-up that brought a request to its reply being written or queued.</summary>
    public required Percentiles LatencyUs { get; init; }

    /// <summary>Reads a channel's counters; from any thread.</summary>
    public static ChannelSnapshot Of(IReportedChannel channel)
    {
        ChannelCounters counters = channel.Counters;
        PStateTable pStates = channel.Service.PStates;
        ulong refused = counters[AnswerKind.Refused], foreign = counters[AnswerKind.Foreign];
        ulong unsupported = counters[AnswerKind.Unsupported], unknown = counters[AnswerKind.Unknown];
        return new ChannelSnapshot
        {
            Guest = channel.GuestName,
            Vcpu = channel.Vcpu,
            Pcpu = channel.Pcpu,
            Endpoint = channel.EndpointName,
            Control = channel.Service.Granted,
            FastestKhz = pStates[pStates.FastestAllowed],
            SlowestKhz = pStates[pStates.SlowestAllowed],
            Connected = channel.IsConnected,
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
            ControlBytes = channel.Bytes?.All,
            UnknownBytes = channel.Bytes?.Unknown,
            Hypercalls = channel.Observed?.Served ?? channel.Answered?.Calls,
            HypercallsWrongSlot = channel.Observed?.WrongSlot,
            HypercallsWrongCpu = channel.Observed?.WrongCpu,
            HypercallsWrongThread = channel.Observed?.WrongThread,
            HypercallsLost = channel.Observed?.Lost ?? channel.Answered?.Unrecorded,
            HypercallsNoPage = channel.Observed?.NoPage,
            Connects = channel.Connects,
            RefusedPeers = counters.RefusedPeers,
            LatencyUs = counters.Figures().Us,
        };
    }
}
