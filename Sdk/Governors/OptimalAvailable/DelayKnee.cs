using System.Globalization;
using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>
/// The delay bound that is chosen where nobody states one: where a shorter one begins to cost much energy, and a longer one saves little.
/// </summary>
/// <remarks>
/// Mean power by the bound D is modelled, in parts of that with 1 ms, as 1 + a ln(1 ms / D) + b (S / D)^c + d C / D. S is the shortest bound that is kept from the slowest P-state, by
/// <see cref="WorstCase"/>: what the actuator's latency, the decision period, calls and stalls and the P-states make of it. The logarithm is what smoothing over more time saves, whatever
/// the actuator; the power is for what must be served faster, or held faster, as D comes near to S; the last part for what comes while a call of C takes the core, the more often the shorter D.
/// a, b and c are fitted to simulated mean power (<c>hoststub simulate --governor optimal-available --seeds 1 --duration 2s --traffic poisson-70,mmpp2,on-off,self-similar,diurnal --actuator 30us
/// --delay-bound 100us</c> and likewise: delays of 30 and 100 us and a 500 us grid, 100 us to 1 ms), d to the same with <c>--channel direct:42us</c> and calls of 2, 10, 20 and 100 us, bounds of 1.46 to 8 S;
/// within 5 % from D = 1.3 S on; other P-states and traffic have others. At the knee the slope of the other parts is four times that of the first, with 0.4 of the last counted: twice the bound
/// saves 3 to 4.5 % then, and up to 8 % where calls take longer than the actuator. The five workloads change all the time, and pay for calls accordingly; traffic that is calm between its
/// changes, as the demo's is (calls of 30 us: the same energy within 0.2 % from 205 to 852 us), gets nothing for the longer wait.
/// </remarks>
/// <param name="Bound">The bound, 50 us .. 100 ms.</param>
/// <param name="HalfCosts">Energy that half of it would cost more, as a share.</param>
/// <param name="TwiceSaves">Energy that twice of it would save, as a share.</param>
internal readonly record struct DelayKnee(TimeSpan Bound, double HalfCosts, double TwiceSaves)
{
    private const double Flat = 0.0165, Steep = 0.06, Power = 2.5, Calls = 1.3, CallsChosenFor = 0.4, Slopes = 4;
    private const int Halvings = 50;

    /// <summary>For the user.</summary>
    public string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"Packets may wait {Bound.TotalMicroseconds:0} us: half of it would cost about {HalfCosts:P1} of energy, twice would save about {TwiceSaves:P1}. State another with delay-bound.");

    /// <summary>Finds the knee where no costs are known yet; what the slowest P-state serves of what the fastest does depends on them little.</summary>
    /// <param name="pStates">The P-states.</param>
    /// <param name="cycles">What a packet is taken to cost.</param>
    /// <param name="worst">What is to be reckoned with, in ms.</param>
    /// <param name="line">Highest arrival rate, packets a ms; 0 where it is unknown.</param>
    /// <param name="ring">Packets that the ring may hold.</param>
    public static DelayKnee For(PStateTable pStates, double cycles, WorstCase worst, double line, double ring)
    {
        double fastest = pStates[pStates.FastestAllowed] / cycles, slowest = pStates[pStates.SlowestAllowed] / cycles, rate = line > 0 ? Math.Min(line, fastest) : fastest;
        return Of(worst, rate, Math.Min(slowest, rate), ring);
    }

    /// <summary>Finds the knee.</summary>
    /// <param name="worst">What is to be reckoned with, in ms.</param>
    /// <param name="rate">Highest arrival rate, packets a ms.</param>
    /// <param name="slowest">What the slowest P-state serves, packets a ms.</param>
    /// <param name="ring">Packets that the ring may hold: no packet waits for longer than it takes to fill it.</param>
    public static DelayKnee Of(WorstCase worst, double rate, double slowest, double ring)
    {
        double shortest = worst.Backlog(rate, slowest) / rate / DelayCertificate.PlannedShare;
        double knee = Math.Min(Knee(shortest, worst.Call), Math.Max(shortest, ring / rate));
        TimeSpan bound = TimeSpan.FromMicroseconds(Math.Clamp(Math.Ceiling(knee * 1000), OptimalAvailableOptions.ShortestBoundUs, OptimalAvailableOptions.LongestBoundUs));
        double chosen = Modelled(bound.TotalMilliseconds, shortest, worst.Call);
        return new DelayKnee(bound, (Modelled(bound.TotalMilliseconds / 2, shortest, worst.Call) / chosen) - 1, 1 - (Modelled(bound.TotalMilliseconds * 2, shortest, worst.Call) / chosen));
    }

    // Where the slope by ln D, which falls as D grows, is as much as is wanted. Without calls, and with nothing but calls, it is where these say.
    private static double Knee(double shortest, double call)
    {
        const double Slope = Slopes * Flat;
        double calls = CallsChosenFor * Calls * call, held = shortest * Math.Pow(Power * Steep / Slope, 1 / Power), low = held, high = held + (calls / Slope);
        for (int halving = 0; halving < Halvings; halving++)
        {
            double middle = (low + high) / 2;
            bool steep = (Power * Steep * Math.Pow(shortest / middle, Power)) + (calls / middle) > Slope;
            (low, high) = steep ? (middle, high) : (low, middle);
        }

        return high;
    }

    private static double Modelled(double bound, double shortest, double call) =>
        1 - (Flat * Math.Log(bound)) + (Steep * Math.Pow(shortest / bound, Power)) + (Calls * call / bound);
}
