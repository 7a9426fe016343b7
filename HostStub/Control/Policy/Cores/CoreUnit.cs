using System.Globalization;
using PollScale.Clock;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A core with the vCPUs on it, as one policy has them.</summary>
/// <param name="core">The core.</param>
/// <param name="pCpus">Its pCPUs that the policy names.</param>
/// <param name="services">Its vCPUs.</param>
internal sealed class CoreUnit(Core core, IReadOnlyList<ManagedPcpu> pCpus, VcpuService[] services)
{
    /// <summary>The core.</summary>
    public Core Core => core;

    /// <summary>Numbers of its pCPUs.</summary>
    public IEnumerable<int> Pcpus => pCpus.Select(pCpu => pCpu.Number);

    /// <summary>Its vCPUs.</summary>
    public IReadOnlyList<VcpuService> Services => services;

    /// <summary>Name for messages and threads.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"pCPU {string.Join(", ", Pcpus)}");

    /// <summary>What time brings.</summary>
    public void Tick(ulong tsc)
    {
        foreach (VcpuService service in services)
        {
            service.Tick(tsc);
        }

        core.Reconcile(tsc);
    }

    /// <summary>Notes what is left for the audit, and closes the backends: what they changed is restored.</summary>
    public void Close()
    {
        foreach (VcpuService service in services)
        {
            service.EndKernelGrant(TscClock.Now);
            service.FlushNotes(ulong.MaxValue);
        }

        foreach (ManagedPcpu pCpu in pCpus)
        {
            pCpu.Backend.Dispose();
        }
    }
}
