namespace PollScale.Simulation.Cores;

/// <summary>A <see cref="LossyChannel"/> in one run.</summary>
internal sealed class LossyChannelSession : IChannelSession
{
    private const ulong LossSalt = 0x1055;
    private readonly IChannelSession _session;
    private readonly double _requestLoss;
    private readonly double _replyLoss;
    private readonly bool _replies;
    private SeedStream _random;

    public LossyChannelSession(IChannel channel, double requestLoss, double replyLoss, ulong seed)
    {
        _session = channel.Open(seed);
        _requestLoss = requestLoss;
        _replyLoss = replyLoss;
        _replies = channel.Replies;
        _random = new SeedStream(seed, LossSalt);
    }

    public CallResult Send(long time)
    {
        // Two numbers a call, whatever becomes of it: losses stay the same when probabilities do.
        bool requestLost = _random.NextUnit() < _requestLoss;
        bool replyLost = _random.NextUnit() < _replyLoss && _replies;
        CallResult result = _session.Send(time);
        return result with
        {
            ReachedAt = requestLost ? CallResult.Never : result.ReachedAt,
            Granted = result.Granted && !replyLost && !(requestLost && _replies),
        };
    }
}
