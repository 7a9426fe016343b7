namespace PollScale.HostStub.Policy.Cores;

/// <summary>A vCPU's place on a core: its pCPU and what it wishes. Changed under the core's lock only, once it is taken.</summary>
/// <param name="pCpu">The pCPU it is pinned to.</param>
internal sealed class Seat(int pCpu)
{
    /// <summary>No wish.</summary>
    public const int NoWish = -1;

    /// <summary>The pCPU it is pinned to.</summary>
    public int Pcpu => pCpu;

    /// <summary>P-state index wished, within the guest's bounds; <see cref="NoWish"/> for none.</summary>
    public int Wish { get; set; } = NoWish;

    /// <summary>P-state index that was asked for when <see cref="Wish"/> was decided, before bounds; without meaning where there is no wish.</summary>
    public int Asked { get; set; } = NoWish;
}
