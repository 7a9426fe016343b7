using System.Runtime.CompilerServices;

namespace PollScale.Simulation.Traffic.Generators;

/// <summary>
/// Exponential draws of mean 1 by the ziggurat method (Marsaglia and Tsang, "The ziggurat method for generating random variables",
/// J. Stat. Software 5(8) 2000) with 256 layers: 99 of 100 draws need no logarithm.
/// </summary>
internal static class Exponential
{
    private const int Layers = 256;

    // Right edge of the lowest layer and the area of each, from the paper.
    private const double Edge = 7.697_117_470_131_049_72;
    private const double Area = 3.949_659_822_581_571_993e-3;
    private const double UnitStep = 1.0 / (1UL << 53);

    private static readonly double[] s_edges = MakeEdges();
    private static readonly double[] s_heights = [.. s_edges.Select((edge, i) => i == 0 ? 0 : Math.Exp(-edge))];

    /// <summary>The next draw, at least 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Next(ref Xoshiro256 random)
    {
        ulong bits = random.Next();
        int layer = (int)(bits & (Layers - 1));
        double x = (bits >> 11) * UnitStep * s_edges[layer];
        return x < s_edges[layer + 1] ? x : Outside(ref random, layer, x);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Outside(ref Xoshiro256 random, int layer, double x)
    {
        while (true)
        {
            if (layer == 0)
            {
                return Edge - Math.Log(random.NextPositive());
            }

            double low = s_heights[layer], high = s_heights[layer + 1];
            if (low + ((high - low) * random.NextDouble()) < Math.Exp(-x))
            {
                return x;
            }

            ulong bits = random.Next();
            layer = (int)(bits & (Layers - 1));
            x = (bits >> 11) * UnitStep * s_edges[layer];
            if (x < s_edges[layer + 1])
            {
                return x;
            }
        }
    }

    private static double[] MakeEdges()
    {
        double[] edges = new double[Layers + 1];
        edges[0] = Area * Math.Exp(Edge);
        edges[1] = Edge;
        for (int i = 1; i < Layers - 1; i++)
        {
            edges[i + 1] = -Math.Log((Area / edges[i]) + Math.Exp(-edges[i]));
        }

        return edges;
    }
}
