using PollScale.Simulation.Cores;
using PollScale.Simulation.Traffic.Generators;

namespace PollScale.Simulation.Traffic.Adversary;

/// <summary>Draws actuators that keep to a latency, in whatever pattern, and changes them a little.</summary>
/// <param name="latency">The latency stated, the stall included.</param>
/// <param name="stall">Stall of each change.</param>
/// <param name="random">Random numbers.</param>
internal sealed class ActuatorMutator(long latency, long stall, Xoshiro256 random)
{
    private const int MostDelays = 12;
    private const long LeastStep = 20 * SimTime.Microsecond, MostStep = 5 * SimTime.Millisecond;
    private readonly long _most = latency - stall;
    private Xoshiro256 _random = random;

    /// <summary>A random actuator: delays by a list, or a grid that stays, jumps or changes its period.</summary>
    public IActuator Draw() => _random.Below(5) switch
    {
        0 => Grid(default),
        1 => Grid(Jump),
        2 => Grid(Then),
        _ => Pattern(),
    };

    /// <summary>A neighbour of an actuator.</summary>
    public IActuator Mutate(IActuator actuator)
    {
        if (actuator is not PatternActuator pattern || _random.Below(8) == 0)
        {
            return Draw();
        }

        long[] delays = [.. pattern.Delays];
        delays[_random.Below(delays.Length)] = Delay();
        return new PatternActuator(pattern.Step, delays, stall);
    }

    private PatternActuator Pattern() => new(
        (long)(LeastStep * Math.Pow((double)MostStep / LeastStep, _random.NextDouble())),
        [.. Enumerable.Range(0, 1 + _random.Below(MostDelays)).Select(_ => Delay())],
        stall);

    // The extremes hurt most.
    private long Delay() => _random.Below(4) switch
    {
        0 => 0,
        1 => _most,
        _ => Time(0, _most),
    };

    private StatedActuator Grid(Func<long, GridMotion>? motion)
    {
        long execution = _random.Below(2) * Time(0, _most / 2);
        long grid = Math.Max(1, _most - execution);
        GridMotion moves = motion?.Invoke(grid) ?? default;
        return new StatedActuator(new SlottedActuator(grid, Time(0, execution), execution, stall, moves), latency);
    }

    private GridMotion Jump(long grid) => new() { Jump = Time(1, grid - 1), Every = Time(grid, (40 * SimTime.Millisecond) + grid) };

    private GridMotion Then(long grid) => new() { Then = Time(Math.Max(1, grid / 4), grid), From = Time(grid, (100 * SimTime.Millisecond) + grid) };

    private long Time(long least, long most) => least + (long)((Math.Max(most, least) - least) * _random.NextDouble());
}
