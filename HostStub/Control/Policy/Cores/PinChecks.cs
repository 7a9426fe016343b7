using PollScale.HostStub.Policy.Patience;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>
/// Whether vCPUs are pinned, by files that their guests' users write. Files that hang harm only whom they belong to: a vCPU is taken for not
/// pinned after <see cref="Patience"/>.
/// </summary>
internal sealed class PinChecks(HostFrequencyOptions options)
{
    /// <summary>How long one vCPU's files may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly PatientSweep<VcpuService> _sweep = new("pinning", Patience);
    private readonly Lock _gate = new();
    private HashSet<VcpuService> _hanging = [];

    /// <summary>Looks at all of them.</summary>
    public void Run(IReadOnlyList<VcpuService> services)
    {
        lock (_gate)
        {
            VcpuService[] asked = [.. services.Where(service => service.Binding?.Process is not null)];
            if (!options.ByCore)
            {
                Array.ForEach(asked, Check);
            }
            else
            {
                Tell([.. _sweep.Run(asked, Check, options.Ending)]);
            }

            foreach (VcpuService free in services.Except(asked))
            {
                free.SetPinned(true);
            }
        }
    }

    private void Check(VcpuService service)
    {
        if (service.Binding is { Process: string process } binding)
        {
            service.SetPinned(options.IsPinned(process, service.Vcpu, binding.Seat.Pcpu));
        }
    }

    private void Tell(HashSet<VcpuService> hanging)
    {
        foreach (VcpuService service in hanging)
        {
            service.SetPinned(false);
            if (!_hanging.Contains(service))
            {
                PolicyEvents.PinFilesHang(options.Log, service.Guest, service.Vcpu, service.Binding?.Process, Patience.TotalSeconds);
            }
        }

        foreach (VcpuService service in _hanging.Where(service => !hanging.Contains(service)))
        {
            PolicyEvents.PinFilesAnswer(options.Log, service.Guest, service.Vcpu);
        }

        _hanging = hanging;
    }
}
