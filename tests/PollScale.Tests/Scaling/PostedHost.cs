using PollScale.Hypercall;
using PollScale.Transports;

namespace PollScale.Tests.Scaling;

/// <summary>A host that takes posted requests up when the test's clock says so, and shows then what it granted.</summary>
internal sealed class PostedHost(PStateTable table, bool emulated = false) : IPostedTransport
{
    private readonly LoopbackTransport _host = new(table, emulated: emulated);
    private FrequencyCall _left;
    private ulong _postedAt;
    private bool _pending;
    private int _shown = -1;

    /// <summary>Ticks until a request is taken up.</summary>
    public ulong Delay { get; set; }

    public FrequencyStatus Fault { set => _host.Fault = value; }

    public List<int> Posts { get; } = [];

    public int Calls { get; private set; }

    public int PState => _host.PState;

    public string Doorbell => "posted";

    public PStateTable PStates => table;

    public bool ControlGranted => true;

    public bool Emulated => emulated;

    public uint StretchQ16 => _host.StretchQ16;

    public uint EffectNs => 100_000;

    public bool HostGone { get; set; }

    public FrequencyReply Call(FrequencyCall call)
    {
        Calls++;
        return _host.Call(call);
    }

    public void Post(FrequencyCall call, ulong now)
    {
        Posts.Add((int)call.Argument);
        (_left, _postedAt, _pending) = (call, now, true);
    }

    public PostedNews Look(ulong now)
    {
        if (!_pending || now - _postedAt < Delay)
        {
            return PostedNews.None with { PState = _shown == PState ? -1 : _shown = PState };
        }

        _pending = false;
        FrequencyReply reply = _host.Call(_left);
        _shown = PState;
        return (PostedNews.None with { PState = PState }).With(reply);
    }

    /// <summary>The host changes the P-state of its own accord.</summary>
    public void Change(int pState) => _host.Call(new FrequencyCall(FrequencyOp.SetPState, pState));

    public void Dispose() => _host.Dispose();
}
