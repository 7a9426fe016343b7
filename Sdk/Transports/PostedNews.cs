using PollScale.Hypercall;

namespace PollScale.Transports;

/// <summary>What a look at a host's page brought.</summary>
/// <param name="PState">P-state index in force, where that may have changed; -1 for no news.</param>
/// <param name="Progress">The host answered some request of ours since the last look.</param>
/// <param name="Answered">It answered the one posted last, or is gone: <paramref name="Reply"/> holds.</param>
/// <param name="Reply">A P-state index, or the error.</param>
internal readonly record struct PostedNews(int PState, bool Progress, bool Answered, FrequencyReply Reply)
{
    /// <summary>No news.</summary>
    public static PostedNews None => new(-1, false, false, default);

    /// <summary>This, with an answer.</summary>
    public PostedNews With(FrequencyReply reply) => this with { Progress = true, Answered = true, Reply = reply };
}
