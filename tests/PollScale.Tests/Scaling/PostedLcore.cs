using PollScale.Hypercall;
using PollScale.Transports;

namespace PollScale.Tests.Scaling;

/// <summary>A simulated lcore whose host takes requests up later; meanwhile it polls on. The host looks when the lcore does, so a little late.</summary>
internal sealed class PostedLcore(SimulatedLcore lcore, double delayUs) : IPostedTransport
{
    private FrequencyCall _left;
    private FrequencyReply _reply;
    private double _postedNs;
    private bool _pending;

    public string Doorbell => "posted";

    public PStateTable PStates { get; } = new(
        lcore.PStates.KHz, lcore.PStates.FastestAllowed, lcore.PStates.SlowestAllowed, lcore.PStates.TransitionLatencyNs + (uint)(1000 * delayUs));

    public bool ControlGranted => true;

    public bool Emulated => false;

    public uint StretchQ16 => lcore.StretchQ16;

    public uint EffectNs => lcore.PStates.TransitionLatencyNs;

    public bool HostGone => false;

    public long Posts { get; private set; }

    public FrequencyReply Call(FrequencyCall call) => lcore.Call(call);

    public void Post(FrequencyCall call, ulong now)
    {
        Posts++;
        (_left, _postedNs, _pending) = (call, lcore.NowNs, true);
    }

    public PostedNews Look(ulong now)
    {
        if (!_pending || lcore.NowNs - _postedNs < 1000 * delayUs)
        {
            return PostedNews.None;
        }

        _pending = false;
        _reply = lcore.Call(_left);
        return (PostedNews.None with { PState = _reply.IsError ? -1 : (int)_reply.Value }).With(_reply);
    }

    public void Dispose()
    {
    }
}
