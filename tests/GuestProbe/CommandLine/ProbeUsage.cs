using PollScale.Governors;
using PollScale.Samples.QueueScaler.CommandLine;

namespace PollScale.GuestProbe.CommandLine;

/// <summary>The help text.</summary>
internal static class ProbeUsage
{
    /// <summary>All of it.</summary>
    public const string Text = $"""
        guestprobe: checks and measures what a guest is given: the machine, the calls, the speed.

        usage: guestprobe selftest
               guestprobe probe [--flood N] [--doorbell D | --call-fd N --status-fd N]
               guestprobe boot
               guestprobe bench-loop [ITERATIONS]
               guestprobe bench-calls [CALLS] [--op OP] [--doorbell D | --call-fd N --status-fd N]
               guestprobe bench-posts [CALLS] --doorbell region
               guestprobe bench-polls [ROUNDS] --trace FILE [--governor TEXT] [--decision-us N]
               guestprobe bench-forward [ROUNDS] --trace FILE --routes FILE
               guestprobe bench-sleeps [SLEEPS] [--sleep-us N]
               guestprobe bench-bursts [BURSTS] [--label TEXT] [--hold-ms N] [--spin-ms N] [--doorbell D | --call-fd N --status-fd N]

          --flood N           SetPState calls that probe makes as fast as it can    [none]
          --op OP             what bench-calls asks: get, or set for P-states 1 and 2 in
                              turn; over a guest channel get sends nothing          [get]
          --label TEXT        what the host is told of bench-bursts' bursts         [nothing]
          --hold-ms N         how long bench-bursts stays in each P-state, in ms    [10]
          --spin-ms N         how long bench-bursts polls at the slowest and then at the fastest
                              P-state behind its bursts, in ms each                 [0]
          --trace FILE        bench-polls' polls: ns since the one before, packets received, packets
                              left, 4 bytes each, the lowest first; bench-forward's frames, 64 bytes each
          --routes FILE       bench-forward's routes, as queuescaler's
          --governor TEXT     bench-polls' governor                                 [{GovernorCatalog.Default}]
          --decision-us N     time between bench-polls' decisions                   [20]
          --sleep-us N        length of bench-sleeps' sleeps                        [50]
          --cpu N             CPU whose guest channel or clock is meant             [0; where it starts]
        {HostOptions.Help}

        selftest exercises the runtime: does the machine carry it? probe shows what the host offers and
        answers, which hypercall instruction works, and whether a call keeps the caller's registers; boot
        prints the TSC at Main and ends; bench-loop prints TSC ticks an iteration of a poll-like loop,
        bench-calls the round trip of GetPState or SetPState, bench-posts what it takes to leave a GetPState with the
        host, and the time until its answer is seen. bench-polls tells a scaler of recorded polls, and bench-forward
        forwards recorded frames, for tools that count instructions. bench-sleeps sleeps by the kernel's timer and
        tells how late that ends. bench-bursts rests at the slowest P-state, marks a burst by
        a CPUID leaf and asks for the fastest: hoststub bench paths on the host tells how long that takes.

        exit status: 0 done, 1 wrong usage, 2 the environment lacks something, 3 selftest failed,
        or probe found a changed register

        A number of ms may be written as a time too: 500us, 2s.
        """;
}
