using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Cores;

namespace PollScale.HostStub.Tests.Policy.Cores;

/// <summary>A grant of a kernel's that does as told.</summary>
internal sealed class FakeGrant(CompiledPolicy policy) : IKernelGrant
{
    public CompiledPolicy Policy => policy;

    public KernelGrantState? State { get; set; } = new KernelGrantState(Seat.NoWish, 0, 0, 0);

    /// <summary>A call comes whenever it is to rest.</summary>
    public bool IsBusy { get; set; }

    public List<uint> Rests { get; } = [];

    public int Ends { get; private set; }

    public Action Ending { get; set; } = () => { };

    public KernelGrantState? Look() => State;

    public bool TryRest(in KernelGrantState seen, uint kHz)
    {
        Rests.Add(kHz);
        if (!IsBusy)
        {
            State = seen with { Wish = Seat.NoWish };
        }

        return !IsBusy;
    }

    public void End()
    {
        Ends++;
        Ending();
    }
}
