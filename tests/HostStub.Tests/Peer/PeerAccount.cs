using System.Text.Json;
using Xunit;

namespace PollScale.HostStub.Tests.Peer;

/// <summary>Fields of a summary.</summary>
internal static class PeerAccount
{
    public static long Count(this JsonElement summary, string name) => summary.GetProperty(name).GetInt64();

    public static long Dropped(this JsonElement summary, string cause) => summary.GetProperty("dropped").GetProperty(cause).GetInt64();

    /// <summary>Every packet is in it, once.</summary>
    public static void AssertBalanced(JsonElement summary)
    {
        Assert.Equal(summary.Count("offered"), summary.Count("forwarded") + summary.Count("out_of_order") + summary.Count("lost"));
        Assert.Equal(summary.Count("lost"), summary.Dropped("ring_full") + summary.Dropped("no_link") + summary.Dropped("not_returned"));
    }
}
