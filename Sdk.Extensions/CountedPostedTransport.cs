using PollScale.Hypercall;
using PollScale.Transports;

namespace PollScale.Extensions;

/// <summary>Counts requests that are left with the host too: by the answer that is seen later, and by the time until it is seen.</summary>
internal sealed class CountedPostedTransport(IPostedTransport inner) : CountedTransport(inner), IPostedTransport
{
    private ulong _postedTsc;

    /// <inheritdoc/>
    public uint EffectNs => inner.EffectNs;

    /// <inheritdoc/>
    public bool HostGone => inner.HostGone;

    /// <summary>Counts the transport's calls.</summary>
    public static CountedTransport Of(IFrequencyTransport transport) => transport is IPostedTransport posted ? new CountedPostedTransport(posted) : new CountedTransport(transport);

    /// <inheritdoc/>
    public void Post(FrequencyCall call, ulong now)
    {
        _postedTsc = now;
        inner.Post(call, now);
    }

    /// <inheritdoc/>
    public PostedNews Look(ulong now)
    {
        PostedNews news = inner.Look(now);
        if (news.Answered)
        {
            Count(news.Reply, now > _postedTsc ? now - _postedTsc : 0);
        }

        return news;
    }
}
