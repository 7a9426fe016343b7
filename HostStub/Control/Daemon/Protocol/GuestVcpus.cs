using PollScale.GuestChannel;
using PollScale.Hypercall;

namespace PollScale.HostStub.Daemon.Protocol;

/// <summary>Services of one guest's vCPUs, as far as a reply has room for them.</summary>
internal sealed class GuestVcpus
{
    private readonly IFrequencyService?[] _services = new IFrequencyService?[GuestChannelAbi.MaxVcpus];

    /// <summary>vCPUs of the guest, as far as known: one more than the highest number, for a guest has those below it too.</summary>
    public int Count { get; private set; }

    /// <summary>Service of a vCPU; null where no channel serves it.</summary>
    public IFrequencyService? this[int vcpu] => (uint)vcpu < (uint)_services.Length ? _services[vcpu] : null;

    /// <summary>The guests of some channels, by name.</summary>
    /// <exception cref="ChannelException">Two channels are for one vCPU.</exception>
    public static Dictionary<string, GuestVcpus> Of(IEnumerable<ChannelBinding> bindings)
    {
        Dictionary<string, GuestVcpus> guests = [];
        HashSet<(string, int)> taken = [];
        foreach (ChannelBinding binding in bindings)
        {
            if (!taken.Add((binding.GuestName, binding.Vcpu)))
            {
                throw new ChannelException($"Two channels are for vCPU {binding.Vcpu} of {binding.GuestName}: give each vCPU one.");
            }

            guests.TryAdd(binding.GuestName, new GuestVcpus());
            guests[binding.GuestName].Add(binding.Vcpu, binding.Service, binding.GuestVcpus);
        }

        return guests;
    }

    /// <summary>Adds a vCPU; one that no reply has room for is left out.</summary>
    /// <param name="vcpu">Its number.</param>
    /// <param name="service">Its service.</param>
    /// <param name="known">vCPUs that the guest is known to have; others without a channel among them.</param>
    public void Add(int vcpu, IFrequencyService service, int known = 0)
    {
        Count = Math.Max(Count, Math.Max(known, vcpu + 1));
        if ((uint)vcpu < (uint)_services.Length)
        {
            _services[vcpu] = service;
        }
    }
}
