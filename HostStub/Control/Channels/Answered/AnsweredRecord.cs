using System.Runtime.InteropServices;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Region;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>A change that the program granted, a refusal, or an answer that it could not write: what the daemon is to make true, audit or answer itself.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct AnsweredRecord
{
    /// <summary>When it was decided, in ns of CLOCK_MONOTONIC.</summary>
    public ulong TimeNs { get; init; }

    /// <summary>The thread, as of <see cref="AnsweredGrant.Owner"/>.</summary>
    public ulong Owner { get; init; }

    /// <summary>The request word, as the guest wrote it: a <see cref="RequestWord"/>.</summary>
    public ulong Request { get; init; }

    /// <summary>What the guest is answered.</summary>
    public long Reply { get; init; }

    /// <summary>Records so far for which there was no room.</summary>
    public ulong Lost { get; init; }

    /// <summary>Index of the vCPU's state.</summary>
    public uint State { get; init; }

    /// <summary>The CPU that it ran on.</summary>
    public uint Cpu { get; init; }

    /// <summary>P-state granted; -1 where nothing changes.</summary>
    public int Target { get; init; }

    /// <summary>Kind of decision.</summary>
    public CallVerdict Verdict { get; init; }

    /// <summary>Why.</summary>
    public AuditReason Reason { get; init; }

    /// <summary>0 where the answer was written, else a negative error number: then nobody has answered yet.</summary>
    public int Written { get; init; }

    /// <summary>The decision, as policy gives it.</summary>
    public PolicyDecision Decision => new(Verdict, Reason, new FrequencyReply(Reply), Target);
}
