using System.Globalization;
using PollScale.Native;
using PollScale.Transports;
using Xunit;

namespace PollScale.C.Tests;

/// <summary>What telling of a poll takes from C beside what it takes from C#, in one run.</summary>
public class LcoreCostTests
{
    private const int Turns = 7, Rounds = 5, Polls = 20_000_000;
    private const double Near = 1.10;

    /// <summary>For docs/c.md; run it alone, with -explicit only.</summary>
    [Fact(Explicit = true)]
    public void A_poll_costs_no_more_than_from_C_sharp()
    {
        PublishedLibrary.Require();
        string program = PublishedLibrary.Program("lcore_bench", "-O2");
        Assert.Equal(0, ThreadAffinity.Pin(LibC.sched_getcpu()));
        using LoopbackTransport transport = new();
        using LcoreScaler scaler = new(new LcoreScalerOptions { Transport = transport });
        double[] c = [double.MaxValue, double.MaxValue], cs = [double.MaxValue, double.MaxValue];
        for (int turn = 0; turn < Turns; turn++)
        {
            string[] told = PublishedLibrary.Run(program, $"{Rounds}", $"{Polls}");
            for (int kind = 0; kind < 2; kind++)
            {
                c[kind] = Math.Min(c[kind], double.Parse(told[kind], CultureInfo.InvariantCulture));
                for (int round = 0; round < Rounds; round++)
                {
                    cs[kind] = Math.Min(cs[kind], Round(scaler, kind == 0 ? 0 : 8));
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ns a poll, empty and of 8 packets: C {c[0]:f2} {c[1]:f2}, C# {cs[0]:f2} {cs[1]:f2}, C over C# {c[0] / cs[0]:f2} {c[1] / cs[1]:f2}"));
        Assert.All(c.Zip(cs), pair => Assert.InRange(pair.First, 0, pair.Second * Near));
    }

    // CPU time, the process's: nothing else of it runs.
    private static double Round(LcoreScaler scaler, int received)
    {
        TimeSpan begin = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Polls; i++)
        {
            scaler.Observe(received, 0);
        }

        return (Environment.CpuUsage.TotalTime - begin).TotalNanoseconds / Polls;
    }
}
