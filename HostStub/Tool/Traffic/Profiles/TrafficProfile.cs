using PollScale.Simulation.Traffic;

namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>Makes the profiles that a command line can name, other than pcap: the models and workloads of the simulator.</summary>
internal static class TrafficProfile
{
    /// <summary>Some of what a user may write, one form a line.</summary>
    public const string Forms =
        """
          constant:rate=1Mpps
          poisson:rate=800kpps
          step:low=0.2Mpps,high=2.5Mpps,at=5s,for=5s
          ramp:from=0.1Mpps,to=2.5Mpps,time=10s,spacing=even
          on-off:sources=1,rate=2Mpps,on=20ms,off=80ms,on-sigma=0,off-sigma=0
          bursty:low=0.2Mpps,high=2Mpps,period=15s
          constant:rate=100kpps+microburst                              several at once
          pcap:file=PATH,speed=2                                        speed: a factor, or max
        """;

    /// <summary>Reads a profile.</summary>
    /// <param name="text">A workload or traffic model, as <see cref="Workloads.Read"/> takes it; % is of the synthetic core's rate.</param>
    /// <param name="seed">Seed of random times.</param>
    /// <exception cref="TrafficFormatException">The text is none; the message names the bad part.</exception>
    public static ITrafficProfile Parse(string text, ulong seed)
    {
        try
        {
            return new ModelProfile(text, Workloads.Read(text).Model.Start(seed, TrafficDefaults.LongestRun));
        }
        catch (TrafficModelException e)
        {
            throw new TrafficFormatException($"{e.Message} For instance:{Environment.NewLine}{Forms}", e);
        }
    }
}
