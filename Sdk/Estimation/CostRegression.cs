using System.Runtime.Intrinsics;

namespace PollScale.Polling;

/// <summary>
/// Linear regression of what samples took on four parts of cost: y = u1 c1 + .. + u4 c4, relative errors of one size assumed, with a
/// prior. New samples let old ones be forgotten only in the direction that they tell of: what was once learned at other speeds or
/// loads stays known.
/// </summary>
/// <remarks>
/// Information matrix and vector, with the directional forgetting of Cao and Schwartz (A directional forgetting algorithm based on the
/// decomposition of the information matrix, Automatica 36, 2000). A part that would come out negative is held at 0.
/// </remarks>
internal struct CostRegression
{
    private const int Parts = 4;
    private const double Forgetting = 1.0 / 1024;
    private const double MostForgetting = 0.5;
    private const double PriorWeight = 1e-4;
    private const double LeastInformation = 1e-12;
    private readonly double[] _prior;
    private readonly double[] _information;
    private readonly double[] _vector;
    private readonly double[] _cost;
    private readonly double[] _root;
    private int _held;

    /// <param name="prior">The parts until learned, each above 0; as uncertain as they are large.</param>
    public CostRegression(params ReadOnlySpan<double> prior)
    {
        _prior = prior.ToArray();
        _cost = prior.ToArray();
        _information = new double[Parts * Parts];
        _root = new double[Parts * Parts];
        _vector = new double[Parts];
        Reset();
    }

    /// <summary>A part of the cost.</summary>
    public readonly double this[int part] => _cost[part];

    /// <summary>Takes in a sample; <see cref="Solve"/> makes it count.</summary>
    /// <param name="parts">How much of each part it had.</param>
    /// <param name="took">What they took together, above 0.</param>
    /// <param name="scale">What they were expected to take, above 0: errors count relative to it.</param>
    /// <param name="haste">How many times faster than usual to forget, 1 or more.</param>
    /// <param name="samples">For how many samples it stands, 1 or more.</param>
    public readonly void Observe(ReadOnlySpan<double> parts, double took, double scale, double haste = 1, int samples = 1)
    {
        Vector256<double> u = Vector256.Create(parts) * Vector256.LoadUnsafe(ref _prior[0]) * (1 / scale);
        ref double first = ref _information[0];
        Vector256<double> g = (Row(ref first, 0) * u[0]) + (Row(ref first, 1) * u[1]) + ((Row(ref first, 2) * u[2]) + (Row(ref first, 3) * u[3]));
        Vector256<double> vector = Vector256.LoadUnsafe(ref _vector[0]);
        double q = Sum(u * g), known = Sum(u * vector), y = took / scale;
        double forget = q > LeastInformation ? Math.Min(Forgetting * haste * samples, MostForgetting) / q : 0;
        for (int i = 0; i < Parts; i++)
        {
            (Row(ref first, i) + (u * (samples * u[i])) - (g * (forget * g[i]))).StoreUnsafe(ref first, (nuint)(i * Parts));
        }

        (vector + (u * (samples * y)) - (g * (forget * known))).StoreUnsafe(ref _vector[0]);
    }

    /// <summary>Works out the parts from all that was observed.</summary>
    public void Solve()
    {
        _held = 0;
        Span<double> x = stackalloc double[Parts];
        for (int round = 0; round < Parts; round++)
        {
            if (!Factor())
            {
                Reset();
                return;
            }

            _vector.CopyTo(x);
            Forward(x);
            Backward(x);
            int least = 0;
            for (int i = 1; i < Parts; i++)
            {
                least = x[i] < x[least] ? i : least;
            }

            if (x[least] >= 0)
            {
                break;
            }

            _held |= 1 << least;
        }

        for (int i = 0; i < Parts; i++)
        {
            _cost[i] = Math.Max(0, x[i]) * _prior[i];
        }
    }

    /// <summary>The variance of a cost with parts a + x b, a quadratic in x, in units of the variance of a sample's relative error.</summary>
    public readonly (double Constant, double Linear, double Square) Uncertainty(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Span<double> p = stackalloc double[Parts], r = stackalloc double[Parts];
        for (int i = 0; i < Parts; i++)
        {
            (p[i], r[i]) = (a[i] * _prior[i], b[i] * _prior[i]);
        }

        Forward(p);
        Forward(r);
        double constant = 0, linear = 0, square = 0;
        for (int i = 0; i < Parts; i++)
        {
            constant += p[i] * p[i];
            linear += 2 * p[i] * r[i];
            square += r[i] * r[i];
        }

        return (constant, linear, square);
    }

    private void Reset()
    {
        _held = 0;
        Array.Clear(_information);
        for (int i = 0; i < Parts; i++)
        {
            _information[(i * Parts) + i] = PriorWeight;
            _vector[i] = PriorWeight;
            _cost[i] = _prior[i];
        }

        Factor();
    }

    // Cholesky. A part that is held drops out: its row and column count as those of the identity.
    private readonly bool Factor()
    {
        for (int i = 0; i < Parts; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = IsHeld(i) || IsHeld(j) ? (i == j ? 1 : 0) : _information[(i * Parts) + j];
                for (int k = 0; k < j; k++)
                {
                    sum -= _root[(i * Parts) + k] * _root[(j * Parts) + k];
                }

                if (i == j && !(sum > 0))
                {
                    return false;
                }

                _root[(i * Parts) + j] = i == j ? Math.Sqrt(sum) : sum / _root[(j * Parts) + j];
            }
        }

        return true;
    }

    private static Vector256<double> Row(ref double first, int row) => Vector256.LoadUnsafe(ref first, (nuint)(row * Parts));

    // In the same order on every machine.
    private static double Sum(Vector256<double> all) => all[0] + all[1] + (all[2] + all[3]);

    private readonly bool IsHeld(int part) => (_held & (1 << part)) != 0;

    private readonly void Forward(Span<double> x)
    {
        for (int i = 0; i < Parts; i++)
        {
            double sum = IsHeld(i) ? 0 : x[i];
            for (int k = 0; k < i; k++)
            {
                sum -= _root[(i * Parts) + k] * x[k];
            }

            x[i] = sum / _root[(i * Parts) + i];
        }
    }

    private readonly void Backward(Span<double> x)
    {
        for (int i = Parts - 1; i >= 0; i--)
        {
            double sum = x[i];
            for (int k = i + 1; k < Parts; k++)
            {
                sum -= _root[(k * Parts) + i] * x[k];
            }

            x[i] = sum / _root[(i * Parts) + i];
        }
    }
}
