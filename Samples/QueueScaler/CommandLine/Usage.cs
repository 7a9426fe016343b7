using PollScale.Governors;
using PollScale.Memif.Control;
using PollScale.Simulation.Incumbents;

namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>The help text.</summary>
internal static class Usage
{
    /// <summary>All of it.</summary>
    public static string Text { get; } = $"""
        queuescaler: an L3 forwarder that polls an rx ring and scales its own core by the backlog.

        usage: queuescaler --region PATH [options]
               queuescaler --memif SOCKET[,role=R][,id=N][,secret=S][,rsize=N] [options]
               queuescaler boot
               queuescaler transports [--cpu N] [--call-fd N --status-fd N]
               queuescaler set-pstates INDEX,... [--hold-ms N] [--doorbell D]

          --region PATH       packet region that the host shares: /dev/memif0 in the micro-VM
          --memif SOCKET,...  a memif peer instead (DPDK, VPP, libmemif), whose
                              packets are forwarded back to it until a signal
                              comes; its options stand below
          --routes N          routes inside 10.0.0.0/8, 1..16384                    [1024]
          --routes FILE       routes of a file instead, a line each:
                              PREFIX/LENGTH NEXT-HOP, or default NEXT-HOP
          --default-route [N] next hop, 0..255, of whatever has no other route      [none; 0]
          --seed N            seed of the routes                                    [1]
          --work-ns N         stand-in work for a heavier network function, in ns
                              a packet at the fastest P-state; 0 in production      [250]
          --work-slows [on|off]  packet work takes longer at a slower P-state even
                              where that is real: for the CPU of an emulator,
                              whose register changes nothing                    [off; on]
          --governor G        rule, with its options as NAME:OPTION=VALUE,...;
                              names, options, ranges and defaults stand below       [{GovernorCatalog.Default}]
          --decision-us N     time between decisions, 1..10000 us                   [20]
          --burst N           most packets a poll takes, 1..32                      [32]
          --cpu N             pin to this CPU                                       [where it starts]
        {HostOptions.Help}
          --hold-ms N         how long set-pstates holds each, 0..60000 ms          [0]

        boot prints the TSC at Main and ends; transports says of each transport whether it is usable here
        and what to do if not, and changes nothing; set-pstates asks for P-states one after another and
        prints each reply.

        exit status: 0 done (of --memif, by a signal), 1 wrong usage, 2 the environment lacks something, 130 interrupted

        Numbers of ns, us and ms may be written as times too: 500us, 2s.

        options of --memif:
        {Memif}

        governors:
        {ComparedGovernors.Help}
        """;

    private static string Memif => string.Join(Environment.NewLine, MemifSpec.Settings.All.Select(setting =>
        $"  {setting.Name,-9} {setting.Range(double.NaN),-26} {setting.Summary} [{(setting.Show(MemifSpec.Settings.Standard, double.NaN) is { Length: > 0 } value ? value : "none")}]"));
}
