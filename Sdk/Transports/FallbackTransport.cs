using PollScale.Clock;
using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>
/// A transport that is preferred, and another for the time in which the first one's host is gone: as where a daemon was stopped and started again, which a
/// shared page does not survive and a guest channel does. The second is opened when it is needed, and left as soon as the first is back.
/// </summary>
/// <param name="first">Preferred; disposed with this.</param>
/// <param name="openSecond">Opens the other, for the P-states of the first.</param>
/// <param name="frequency">Unit of ticks.</param>
internal sealed class FallbackTransport(IPostedTransport first, Func<PStateTable, IFrequencyTransport> openSecond, TscFrequency frequency) : IPostedTransport
{
    private const int OpenEveryUs = 1_000_000;
    private readonly ulong _openTicks = frequency.FromMicroseconds(OpenEveryUs);
    private IFrequencyTransport? _second;
    private FrequencyCall _wish;
    private FrequencyReply? _answer;
    private ulong _tried;
    private bool _hasTried;

    /// <inheritdoc/>
    public string Doorbell => UsesSecond ? _second!.Doorbell : first.Doorbell;

    /// <inheritdoc/>
    public string? DoorbellNote => UsesSecond ? _second!.DoorbellNote : first.DoorbellNote;

    /// <inheritdoc/>
    public PStateTable PStates => first.PStates;

    /// <inheritdoc/>
    public bool ControlGranted => first.ControlGranted;

    /// <inheritdoc/>
    public bool Emulated => first.Emulated;

    /// <inheritdoc/>
    public uint StretchQ16 => first.StretchQ16;

    /// <inheritdoc/>
    public uint EffectNs => first.EffectNs;

    /// <inheritdoc/>
    public bool HostGone => first.HostGone && _second is null;

    private bool UsesSecond => first.HostGone && _second is not null;

    /// <inheritdoc/>
    public FrequencyReply Call(FrequencyCall call) => UsesSecond ? _second!.Call(call) : first.Call(call);

    /// <inheritdoc/>
    public void Post(FrequencyCall call, ulong now)
    {
        _wish = call.Op == FrequencyOp.SetPState ? call : _wish;
        first.Post(call, now);
        _answer = UsesSecond ? _second!.Call(call) : null;
    }

    /// <inheritdoc/>
    public PostedNews Look(ulong now)
    {
        PostedNews news = first.Look(now);
        if (!first.HostGone)
        {
            _answer = null;
            return news;
        }

        // What the first says of its being gone is no news where the second answers.
        if (_answer is null && news.Answered && Opened(now))
        {
            _answer = _second!.Call(_wish.Op == FrequencyOp.SetPState ? _wish : new FrequencyCall(FrequencyOp.SetPState, PStates.FastestAllowed));
        }

        if (_answer is not { } reply)
        {
            return UsesSecond ? PostedNews.None : news;
        }

        _answer = null;
        return (PostedNews.None with { PState = reply.IsError ? -1 : (int)reply.Value }).With(reply);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        first.Dispose();
        _second?.Dispose();
    }

    private bool Opened(ulong now)
    {
        if (_second is null && (!_hasTried || now - _tried >= _openTicks))
        {
            (_hasTried, _tried) = (true, now);
            try
            {
                _second = openSecond(PStates);
            }
            catch (FrequencyControlUnavailableException)
            {
                _second = null; // nobody serves it either: tried again later
            }
        }

        return _second is not null;
    }
}
