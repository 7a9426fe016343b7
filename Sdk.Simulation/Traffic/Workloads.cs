using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Models;

namespace PollScale.Simulation.Traffic;

/// <summary>The workloads that governors are compared with.</summary>
internal static class Workloads
{
    // A line that brings a whole number of packets in 100 us: with it no 100 us bring a packet more than the core can serve.
    private const double WindowsPerSecond = 10_000;

    /// <summary>The workloads for <see cref="CoreModel.Synthetic"/>.</summary>
    public static IReadOnlyList<Workload> Standard { get; } = For(TrafficDefaults.ReferenceRate);

    /// <summary>
    /// The workloads for a core: steady, bursty at several time scales, slowly changing, nearly idle, and hostile. Microburst alone goes
    /// beyond what the core serves; every other one stays within it over any 100 us, by its line rate.
    /// </summary>
    /// <param name="serviceRate">What the core serves at its highest frequency, in packets per second, 100 kpps .. 500 Mpps.</param>
    public static IReadOnlyList<Workload> For(double serviceRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(serviceRate, 100e3);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(serviceRate, 500e6);
        double line = Math.Floor(serviceRate / WindowsPerSecond) * WindowsPerSecond;
        return
        [
            Make("poisson-30", "poisson:rate=30%"),
            Make("poisson-70", "poisson:rate=70%"),
            Make("mmpp2", "mmpp"),
            Make("on-off", "on-off"),
            new Workload("microburst", TrafficModels.Parse("microburst:rate=200%", serviceRate), serviceRate),
            Make("square", "square:high=90%,period=50ms"),
            Make("self-similar", "self-similar"),
            Make("diurnal", "diurnal"),
            Make("cbr-50", "constant:rate=50%"),
            Make("sparse", "sparse:rate=0.5%"),
            new Workload("adversary", new AdversaryTraffic { Rate = line, Line = line }, serviceRate),
            new Workload("imix", Imix(serviceRate), serviceRate),
            Make("step", "step"),
        ];

        Workload Make(string name, string model) =>
            new(name, (RateTraffic)TrafficModels.Parse(model, serviceRate) with { Line = line }, serviceRate);
    }

    /// <summary>Reads traffic: a workload by its name, else what <see cref="TrafficModels.Parse"/> takes. Whatever is simulated or sent is named so.</summary>
    /// <param name="text">The text.</param>
    /// <param name="serviceRate">What the core serves at its highest frequency, in packets per second; by default <see cref="TrafficDefaults.ReferenceRate"/>.</param>
    /// <exception cref="TrafficModelException">The text names no such traffic; the message says what is wrong and what is allowed.</exception>
    public static Workload Read(string text, double? serviceRate = null)
    {
        double rate = serviceRate ?? TrafficDefaults.ReferenceRate;
        IReadOnlyList<Workload> known = For(rate);
        try
        {
            return known.FirstOrDefault(workload => workload.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? new Workload(text, TrafficModels.Parse(text, rate), rate);
        }
        catch (TrafficModelException e)
        {
            throw new TrafficModelException($"{e.Message} Or name a workload: {string.Join(", ", known.Select(workload => workload.Name))}.");
        }
    }

    // Evenly paused and at half load, which leaves room for the small frames that come together.
    private static ImixTraffic Imix(double serviceRate)
    {
        ImixTraffic full = new() { Load = 1 };
        double gbps = full.Gbps * serviceRate / full.MeanRate;
        return full with { Gbps = Math.Round(gbps, 2), Load = 0.5, Spacing = Spacing.Even };
    }
}
