using PollScale.Clock;
using PollScale.Hypercall;
using PollScale.Samples.QueueScaler;
using PollScale.Transports;

namespace PollScale.GuestProbe.Bench;

/// <summary>Times GetPState where it is left with the host: what the polling thread spends, and how long it does not know the answer.</summary>
internal static class BenchPosts
{
    private const int WarmUp = 100;

    /// <summary>Runs and prints one line of key=value pairs; the ticks are the TSC's, exact to one. Each post waits, outside its time, for the answer to the one before.</summary>
    public static void Run(IPostedTransport transport, int calls)
    {
        Durations posts = new(calls), answers = new(calls);
        int errors = 0;
        for (int call = -WarmUp; call < calls; call++)
        {
            ulong start = TscClock.Now;
            transport.Post(new FrequencyCall(FrequencyOp.GetPState), start);
            ulong posted = TscClock.Now;
            PostedNews news = transport.Look(posted);
            while (!news.Answered)
            {
                Thread.SpinWait(1);
                news = transport.Look(TscClock.Now);
            }

            ulong seen = TscClock.Now;
            if (call >= 0)
            {
                posts.Add(posted - start);
                answers.Add(seen - start);
                errors += news.Reply.IsError ? 1 : 0;
            }
        }

        Output.Line($"bench-posts doorbell={transport.Doorbell} calls={calls} errors={errors} {posts.Text("")} {answers.Text("answer_")}");
    }
}
