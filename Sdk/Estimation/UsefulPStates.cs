using PollScale.Hypercall;

namespace PollScale.Governors;

/// <summary>
/// The P-states that are worth asking for: not those that draw more than a mix of two others that is as fast on the average. Without powers all are.
/// The fastest and the slowest that are allowed always are.
/// </summary>
internal sealed class UsefulPStates
{
    // One that is hardly above makes the table finer, which saves more than it costs.
    private const double Tolerance = 1.03;
    private readonly int[] _faster, _slower;

    /// <param name="pStates">The table.</param>
    /// <param name="watts">Power of each of its P-states; null where it is not known.</param>
    public UsefulPStates(PStateTable pStates, IReadOnlyList<double>? watts)
    {
        _faster = new int[pStates.Count];
        _slower = new int[pStates.Count];
        int last = pStates.FastestAllowed;
        for (int i = 0; i < pStates.Count; i++)
        {
            _faster[i] = last;
            last = i > last && i <= pStates.SlowestAllowed && IsUseful(pStates, watts, i) ? i : last;
        }

        last = pStates.SlowestAllowed;
        for (int i = pStates.Count - 1; i >= 0; i--)
        {
            _slower[i] = last;
            last = i < last && i >= pStates.FastestAllowed && IsUseful(pStates, watts, i) ? i : last;
        }
    }

    /// <summary>The next faster one, else the fastest.</summary>
    public int Faster(int pState) => _faster[pState];

    /// <summary>The next slower one, else the slowest.</summary>
    public int Slower(int pState) => _slower[pState];

    private static bool IsUseful(PStateTable pStates, IReadOnlyList<double>? watts, int at)
    {
        for (int fast = pStates.FastestAllowed; watts is not null && fast < at; fast++)
        {
            for (int slow = at + 1; slow <= pStates.SlowestAllowed; slow++)
            {
                double share = (pStates[at] - pStates[slow]) / (double)(pStates[fast] - pStates[slow]);
                if (watts[at] > Tolerance * (watts[slow] + (share * (watts[fast] - watts[slow]))))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
