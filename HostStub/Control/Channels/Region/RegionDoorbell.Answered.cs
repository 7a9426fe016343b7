using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Daemon.Protocol;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.Native;
using PollScale.Region;

namespace PollScale.HostStub.Channels.Region;

/// <content>Requests that a program in the host's kernel answers within their exit. The doorbell serves what it did not decide.</content>
internal sealed partial class RegionDoorbell : IAnsweredSlot
{
    private IDecidedRequests? _decided;

    /// <inheritdoc/>
    FileFacts IAnsweredSlot.Page => memory.File;

    /// <inheritdoc/>
    ulong IAnsweredSlot.Nonce => memory.Nonce;

    /// <inheritdoc/>
    AnsweredCalls? IAnsweredSlot.Calls => vcpu.Binding.Answered;

    /// <inheritdoc/>
    IDecidedRequests? IAnsweredSlot.Decided
    {
        set
        {
            IsDecided(_writer.Request); // what was decided is not served by who comes next
            _decided = value;
        }
    }

    /// <inheritdoc/>
    void IAnsweredSlot.Take(in AnsweredRecord record)
    {
        if (vcpu.Binding.Answered is not AnsweredCalls calls)
        {
            return; // another policy came
        }

        RequestWord word = new(record.Request);
        PolicyDecision made = calls.MakeTrue(word.Call, record.Decision, KernelClock.ToTsc(record.TimeNs));
        ulong now = KernelClock.NowNs, ns = now > record.TimeNs ? now - record.TimeNs : 0;
        AnswerKind kind = KindOf(word.Call, made.Reply);
        See(word.Sequence);
        if (kind == AnswerKind.Acked)
        {
            (_sequence, _appliedNs) = (word.Sequence, ns);
        }

        Publish(vcpu.Binding.Service, calls.InForce);
        if (record.Written < 0 && _writer.Request.Value == record.Request)
        {
            _writer.Reply(word.Sequence, made.Reply, _dropped);
        }

        vcpu.Counters.Count(kind);
        _latency.Record(ns, Recorder);
    }

    private bool IsDecided(RequestWord word)
    {
        if (_decided is not IDecidedRequests decided || word.Sequence == 0 || decided.Last != word.Sequence)
        {
            return false;
        }

        _served = word.Value;
        See(word.Sequence);
        return true;
    }

    // Those between were answered within their exit, or overwritten: nobody knows.
    private void See(uint sequence) => _seen = unchecked((int)(sequence - _seen)) > 0 ? sequence : _seen;
}
