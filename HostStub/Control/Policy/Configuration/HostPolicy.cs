namespace PollScale.HostStub.Policy.Configuration;

/// <summary>A whole policy: which guests may do what on which pCPUs. Guests that are not in it may do nothing.</summary>
internal sealed record HostPolicy
{
    /// <summary>Name for messages: the file.</summary>
    public string Origin { get; init; } = "policy";

    /// <summary>Guests, each name once.</summary>
    public IReadOnlyList<GuestPolicy> Guests { get; init; } = [];

    /// <summary>pCPUs with a rest of their own, each once.</summary>
    public IReadOnlyList<PcpuPolicy> Pcpus { get; init; } = [];

    /// <summary>Rest of the pCPUs of guests with control that are not among <see cref="Pcpus"/>; unset for the fastest P-state such a guest may have.</summary>
    public PStateChoice DefaultRest { get; init; }

    /// <summary>True where control is given of emulated P-states alone: this machine's real clock then stays as it is.</summary>
    public bool IsEmulatedOnly { get; init; }

    /// <summary>Whether a guest may change P-states. Nothing else gives the right to change the real clock, and nothing else is asked for it.</summary>
    /// <param name="guest">A guest of this policy.</param>
    /// <param name="emulated">Whether the P-states are emulated; false for the real clock.</param>
    public bool Grants(GuestPolicy guest, bool emulated) => guest.Control && (emulated || !IsEmulatedOnly);

    /// <summary>A guest by its name, or null.</summary>
    public GuestPolicy? Find(string guest) => Guests.FirstOrDefault(g => g.Name == guest);

    /// <summary>The same with what an operator holds vCPUs to, and no other.</summary>
    /// <param name="bounds">By guest and vCPU.</param>
    public HostPolicy Under(IReadOnlyDictionary<(string Guest, int Vcpu), OperatorBounds> bounds) => this with
    {
        Guests = [.. Guests.Select(guest => guest with { Vcpus = [.. guest.Vcpus.Select(vcpu => vcpu with { Operator = bounds.GetValueOrDefault((guest.Name, vcpu.Vcpu)) })] })],
    };

    /// <summary>The policy of one guest alone whose vCPU 0 runs on a given pCPU; the rests of other pCPUs fall away.</summary>
    public HostPolicy Only(GuestPolicy guest, int pCpu)
    {
        VcpuPolicy vcpu = guest.Vcpus.FirstOrDefault(v => v.Vcpu == 0) ?? new VcpuPolicy { Vcpu = 0, Pcpu = pCpu, At = guest.At };
        return this with { Guests = [guest with { Vcpus = [vcpu with { Pcpu = pCpu }], Process = null }], Pcpus = [.. Pcpus.Where(p => p.Pcpu == pCpu)] };
    }
}
