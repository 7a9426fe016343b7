using PollScale.Polling;
using PollScale.Shadow;

namespace PollScale;

/// <summary>A core that would have been scaled.</summary>
public sealed partial class LcoreScaler
{
    /// <summary>
    /// With a <see cref="ShadowTransport"/>, what a core of its P-states would have saved, delayed and lost so far; null with any other. Of the scaler's thread; allocates.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is another thread.</exception>
    public ShadowReport? Shadow
    {
        get
        {
            CheckThread();
            return _shadow?.Report();
        }
    }

    // What no NIC told is no packet that came: of a virtual ring all is known.
    private QueueBacklogs? Guessing => _shadow is null ? _queues : null;

    // Puts what would have been seen in place of what was.
    private bool Follow(ShadowLcore shadow, ulong now, ref int backlog, ref PollCounts counts)
    {
        bool decides = shadow.Follow(now, counts, backlog - (_queues?.Guessed ?? 0));
        (backlog, counts) = (shadow.Backlog, shadow.Counts);
        if (!decides)
        {
            Renew();
        }

        return decides;
    }
}
