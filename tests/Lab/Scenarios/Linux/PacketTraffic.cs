using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>
/// The sample forwards packets in a Linux guest by its queue, scaled over the shared page; they come from a generator on the guest's other vCPU. They are
/// fewer than the ring holds, so that a machine that stops QEMU for a while loses none either.
/// </summary>
[Collection(LinuxMachine.Collection)]
public class PacketTraffic(LinuxMachine machine)
{
    private const int Rounds = 3, LowPps = 50, HighPps = 2500, RoundMs = 1500;

    // At rest, up, down and up again: on a busy machine a round may come together with the next.
    private const int LeastPStates = 4;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void No_packet_is_lost_and_the_pCPU_follows_the_traffic() => machine.OnOneBoot(session =>
    {
        LinuxHost host = new(session);
        host.Job("vm d; l2 d 'governor userspace'; until_khz 1 800000", 150);
        (string told, List<int> seen) = WhileWatched(host, () =>
        {
            host.Job($"forward_begin d region {LowPps} {HighPps} {Rounds} {RoundMs}");
            return host.Job("forward_end d", 120).Output;
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{told}P-states of pCPU 1: {string.Join(' ', seen)}");

        Assert.Matches(@"^sent (\d+) forwarded \1 lost 0 wrong 0\n", told);
        Assert.Contains("failed 0, last Granted", told, StringComparison.Ordinal);
        Assert.True(seen.Count >= LeastPStates, string.Join(' ', seen));
        return true;
    });

    // What a job tells, and each P-state that the register of pCPU 1 had meanwhile, in turn, as seen from outside: a job's answer may come late.
    private static (string Told, List<int> Seen) WhileWatched(LinuxHost host, Func<string> job)
    {
        bool done = false;
        Task<List<int>> watching = Task.Run(Watch);
        try
        {
            string told = job();
            Volatile.Write(ref done, true);
            return (told, watching.GetAwaiter().GetResult());
        }
        finally
        {
            Volatile.Write(ref done, true);
        }

        List<int> Watch()
        {
            List<int> seen = [];
            for (; !Volatile.Read(ref done); Thread.Sleep(s_look))
            {
                int pState = host.PState(1);
                if (seen.Count == 0 || seen[^1] != pState)
                {
                    seen.Add(pState);
                }
            }

            return seen;
        }
    }
}
