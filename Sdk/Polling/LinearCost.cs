namespace PollScale.Polling;

/// <summary>
/// A cost that is part cycles, part waiting for memory: y = a * x + b, with x the ticks of a cycle. Least squares with forgetting,
/// drawn towards a prior, so that one frequency alone does not tell the parts apart by chance.
/// </summary>
internal struct LinearCost
{
    private const double Memory = 1024;
    private const double PriorWeight = 2;
    private const double MemoryPriorWeight = 32;
    private const double MostStep = 4;
    private readonly double _cycles0, _ticks0;
    private readonly double _scaleX;
    private double _w, _x, _xx, _y, _xy;

    /// <param name="cycles">Cycles, until learned.</param>
    /// <param name="ticks">Ticks besides, until learned.</param>
    /// <param name="typicalTicksPerCycle">Ticks of a cycle at a middle frequency.</param>
    public LinearCost(double cycles, double ticks, double typicalTicksPerCycle)
    {
        _cycles0 = Cycles = cycles;
        _ticks0 = Ticks = ticks;
        _scaleX = typicalTicksPerCycle;
    }

    /// <summary>The part in cycles.</summary>
    public double Cycles { get; private set; }

    /// <summary>The part in ticks.</summary>
    public double Ticks { get; private set; }

    /// <summary>Samples seen, the old ones forgotten.</summary>
    public readonly double Weight => _w;

    /// <summary>The cost in ticks at a frequency.</summary>
    public readonly double At(double ticksPerCycle) => (Cycles * ticksPerCycle) + Ticks;

    /// <summary>Takes in a measured cost.</summary>
    /// <param name="ticksPerCycle">Ticks of a cycle when it was measured.</param>
    /// <param name="cost">The cost in ticks.</param>
    /// <param name="weight">How much it says, 0 .. 1.</param>
    public void Observe(double ticksPerCycle, double cost, double weight = 1)
    {
        double forget = 1 - (weight / Memory), x = weight * ticksPerCycle;
        double expected = At(ticksPerCycle);
        double y = Math.Clamp(cost, expected / MostStep, expected * MostStep);
        _w = (_w * forget) + weight;
        _x = (_x * forget) + x;
        _xx = (_xx * forget) + (x * ticksPerCycle);
        _y = (_y * forget) + (weight * y);
        _xy = (_xy * forget) + (x * y);
        Solve();
    }

    // Ridge regression: the two normal equations with the prior added. Speeds near each other leave the memory part to the prior:
    // taken for cycles it would promise too much of the fast ones.
    private void Solve()
    {
        double ridgeA = PriorWeight * _scaleX * _scaleX, ridgeB = MemoryPriorWeight;
        double aa = _xx + ridgeA, bb = _w + ridgeB;
        double ya = _xy + (ridgeA * _cycles0), yb = _y + (ridgeB * _ticks0);
        double determinant = (aa * bb) - (_x * _x);
        if (determinant <= 0)
        {
            return;
        }

        double a = ((ya * bb) - (yb * _x)) / determinant, b = ((yb * aa) - (ya * _x)) / determinant;
        if (a <= 0)
        {
            (a, b) = (0, yb / bb);
        }
        else if (b < 0)
        {
            (a, b) = (ya / aa, 0);
        }

        Cycles = a;
        Ticks = b;
    }
}
