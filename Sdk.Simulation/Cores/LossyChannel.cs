namespace PollScale.Simulation.Cores;

/// <summary>
/// A channel that loses some requests and some replies. Where calls are answered, either loss looks like a failed call to the core;
/// where they are not, a lost request goes unnoticed.
/// </summary>
internal sealed class LossyChannel : IChannel
{
    private readonly IChannel _channel;
    private readonly double _requestLoss;
    private readonly double _replyLoss;

    /// <summary>Makes a channel.</summary>
    /// <param name="channel">The channel that loses.</param>
    /// <param name="requestLoss">Probability that a request is lost, 0 .. 1.</param>
    /// <param name="replyLoss">Probability that the reply to a request that arrived is lost, 0 .. 1.</param>
    public LossyChannel(IChannel channel, double requestLoss, double replyLoss = 0)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _channel = channel;
        _requestLoss = Probability(requestLoss, nameof(requestLoss));
        _replyLoss = Probability(replyLoss, nameof(replyLoss));
    }

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"{_channel.Name}, {_requestLoss:P1} requests and {_replyLoss:P1} replies lost");

    /// <inheritdoc/>
    public long WorstDelay => _channel.WorstDelay;

    /// <inheritdoc/>
    public long CallTime => _channel.CallTime;

    /// <inheritdoc/>
    public bool Replies => _channel.Replies;

    /// <inheritdoc/>
    public bool RequestsWait => _channel.RequestsWait || _requestLoss > 0 || _replyLoss > 0;

    /// <inheritdoc/>
    public bool Repeats => _channel.Repeats;

    /// <inheritdoc/>
    public IChannelSession Open(ulong seed) => new LossyChannelSession(_channel, _requestLoss, _replyLoss, seed);

    private static double Probability(double value, string name) => value is >= 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "A probability must be 0 .. 1.");
}
