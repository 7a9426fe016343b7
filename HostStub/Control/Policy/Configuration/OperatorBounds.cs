using PollScale.Hypercall;

namespace PollScale.HostStub.Policy.Configuration;

/// <summary>What an operator holds a vCPU to for the time being, within what the policy file gives it.</summary>
/// <param name="Fastest">Fastest P-state; unset for the file's.</param>
/// <param name="Slowest">Slowest P-state; unset for the file's.</param>
/// <param name="Denies">It has no control.</param>
internal sealed record OperatorBounds(PStateChoice Fastest, PStateChoice Slowest, bool Denies)
{
    /// <summary>Nothing beside the file.</summary>
    public static OperatorBounds None { get; } = new(default, default, false);

    /// <summary>The bounds that hold: those of the file, narrowed, never widened. Where both of an operator's cannot hold, the fastest does.</summary>
    /// <param name="table">The pCPU's P-states.</param>
    /// <param name="fastest">The file's fastest index.</param>
    /// <param name="slowest">The file's slowest index, no lower.</param>
    public (int Fastest, int Slowest) Within(PStateTable table, int fastest, int slowest)
    {
        int most = Math.Clamp(Fastest.NoFasterIn(table) ?? slowest, fastest, slowest);
        return (most, Math.Clamp(Slowest.NoSlowerIn(table) ?? fastest, most, slowest));
    }
}
