namespace PollScale.HostStub.Traffic.Profiles;

/// <summary>Makes the profiles that a command line can name, other than pcap.</summary>
internal static class TrafficProfile
{
    /// <summary>What a user may write, one form a line.</summary>
    public const string Forms =
        """
          constant:rate=1Mpps
          poisson:rate=800kpps
          step:low=0.2Mpps,high=2.5Mpps,at=5s[,for=5s]
          ramp:from=0.1Mpps,to=2.5Mpps,over=10s
          onoff:high=2Mpps,on=20ms,off=80ms[,low=0pps][,sigma=0.8]      sigma: lognormal times of those means
          bursty[:low=0.2Mpps,high=2Mpps,period=15s]
          pcap:file=PATH[,speed=2]                                      speed: a factor, or max
          all but pcap take [,arrivals=paced|poisson]; rates in pps, kpps, Mpps; times in us, ms, s
        """;

    /// <summary>Reads a profile.</summary>
    /// <param name="text">One of <see cref="Forms"/>, not pcap.</param>
    /// <param name="seed">Seed of random times.</param>
    /// <exception cref="TrafficFormatException">The text is not one of the forms; the message names the bad part.</exception>
    public static ITrafficProfile Parse(string text, ulong seed) => Read(new SpecReader(text, Forms), seed);

    internal static ITrafficProfile Read(SpecReader spec, ulong seed)
    {
        IRateCurve curve = spec.Name switch
        {
            "constant" or "poisson" => new ListedCurve(false, RateSegment.Flat(double.PositiveInfinity, Positive(spec, "rate"))),
            "step" => Step(spec),
            "ramp" => Ramp(spec),
            "onoff" => new OnOffCurve(
                spec.Rate("low", 0), Positive(spec, "high"), spec.Time("on"), spec.Time("off"), spec.Number("sigma", 0, 0, 3), seed),
            "bursty" => new BurstyCurve(spec.Rate("low", 0.2e6), Positive(spec, "high", 2e6), spec.Time("period", 15e9), seed),
            _ => throw spec.Fail($"there is no profile \"{spec.Name}\""),
        };
        bool poisson = spec.Value("arrivals")?.ToLowerInvariant() switch
        {
            null => spec.Name == "poisson",
            "poisson" => true,
            "paced" => false,
            string other => throw spec.Fail($"arrivals={other} is neither paced nor poisson"),
        };
        spec.Finish();
        return new RateProfile(spec.Text, curve, poisson, seed);
    }

    private static ListedCurve Step(SpecReader spec)
    {
        double low = spec.Rate("low");
        double high = Positive(spec, "high");
        double length = spec.Time("for", double.PositiveInfinity);
        return new ListedCurve(
            false,
            RateSegment.Flat(spec.Time("at"), low),
            RateSegment.Flat(length, high),
            RateSegment.Flat(double.PositiveInfinity, low));
    }

    private static ListedCurve Ramp(SpecReader spec)
    {
        double from = spec.Rate("from");
        double to = spec.Rate("to");
        if (from + to <= 0)
        {
            throw spec.Fail("from= and to= are both 0");
        }

        return new ListedCurve(false, new RateSegment(spec.Time("over"), from, to), RateSegment.Flat(double.PositiveInfinity, to));
    }

    private static double Positive(SpecReader spec, string key, double? fallback = null)
    {
        double rate = spec.Rate(key, fallback);
        return rate > 0 ? rate : throw spec.Fail($"{key}= must be above 0");
    }
}
