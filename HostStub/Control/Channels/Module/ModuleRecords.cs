using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;

namespace PollScale.HostStub.Channels.Module;

/// <summary>Takes the module's records to whom they are about. On one thread, but for <see cref="Expect"/>.</summary>
/// <param name="log">Told of records that were lost.</param>
internal sealed class ModuleRecords(ILogger log)
{
    /// <summary>Between two notices of lost records, in ms.</summary>
    public const long SpacingMs = 10_000;

    // Rounds that a record waits for its grant to be known.
    private const int Rounds = 50;

    private const int Room = 256;
    private readonly ConcurrentDictionary<ulong, ModuleVcpu> _grants = [];
    private readonly pollscale_kvm_record[] _room = new pollscale_kvm_record[Room];
    private List<(pollscale_kvm_record Record, int Left)> _strange = [];
    private ulong _lost; // of this file of the module's
    private ulong _lostBefore;
    private ulong _told;
    private Deadline _next = Deadline.Never;

    /// <summary>Records that the module had no room for.</summary>
    public ulong Lost => _lostBefore + _lost;

    /// <summary>A grant is a vCPU's from now on; earlier ones of it are not any more.</summary>
    public void Expect(ulong grant, ModuleVcpu vcpu)
    {
        foreach ((ulong former, ModuleVcpu owner) in _grants)
        {
            if (owner == vcpu && former != vcpu.Grant?.Id) // what the last one did may still be told
            {
                _grants.TryRemove(former, out _);
            }
        }

        _grants[grant] = vcpu;
    }

    /// <summary>Takes what there is, as much as the module keeps at most.</summary>
    public void Take(IModuleDevice device)
    {
        if (_strange.Count > 0)
        {
            _strange = [.. from one in _strange where !TryGive(one.Record) && one.Left > 1 select (one.Record, one.Left - 1)];
        }

        int read;
        for (int taken = 0; taken < ModuleAbi.RECORDS && (read = device.Read(_room)) > 0; taken += read)
        {
            foreach (pollscale_kvm_record record in _room.AsSpan(0, read))
            {
                _lost = Math.Max(_lost, record.lost);
                if (!TryGive(record) && _strange.Count < ModuleAbi.RECORDS)
                {
                    _strange.Add((record, Rounds)); // of a grant that is being made
                }
            }
        }
    }

    /// <summary>Another file of the module's counts anew, and numbers its grants as it likes.</summary>
    public void Forget()
    {
        (_lostBefore, _lost) = (Lost, 0);
        _strange = [];
        _grants.Clear();
    }

    /// <summary>Tells of lost records: at once, then seldom.</summary>
    /// <param name="now">As <see cref="Deadline.Now"/>.</param>
    public void Tell(long now)
    {
        if (Lost != _told && (_next == Deadline.Never || _next.IsDue(now)))
        {
            ModuleLog.HypercallRecordsLost(log, Lost - _told);
            _told = Lost;
            _next = Deadline.After(now, SpacingMs);
        }
    }

    private bool TryGive(in pollscale_kvm_record record)
    {
        if (!_grants.TryGetValue(record.grant, out ModuleVcpu? vcpu))
        {
            return false;
        }

        CallVerdict verdict = (CallVerdict)record.verdict;
        if (verdict < CallVerdict.Withdrawn) // that its process has gone is looked at otherwise
        {
            FrequencyCall call = new((FrequencyOp)record.op, record.argument);
            vcpu.Note(new KernelCall(call, verdict, (AuditReason)record.reason, record.khz, KernelClock.ToTsc(record.time_ns)));
        }

        return true;
    }
}
