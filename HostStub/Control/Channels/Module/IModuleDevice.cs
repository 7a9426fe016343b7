using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Compiled;

namespace PollScale.HostStub.Channels.Module;

/// <summary>The kernel module as who opened it has it: what it granted ends with its disposal. From any thread. Errors are error numbers of the kernel's, 0 for none.</summary>
internal interface IModuleDevice : IDisposable
{
    /// <summary>Grants a thread its pCPU.</summary>
    /// <param name="thread">The vCPU's thread.</param>
    /// <param name="vcpu">Number of the vCPU, for records.</param>
    /// <param name="policy">What it may do.</param>
    /// <param name="id">The grant's id.</param>
    int Grant(VcpuThread thread, int vcpu, CompiledPolicy policy, out ulong id);

    /// <summary>Ends a grant; waits for calls of it that are being answered.</summary>
    int Withdraw(ulong id);

    /// <summary>How a grant stands.</summary>
    int Look(ulong id, out ModuleState state);

    /// <summary>Takes a wish back, and sets a frequency, unless a call came since.</summary>
    /// <param name="id">The grant's id.</param>
    /// <param name="lastCallNs">CLOCK_MONOTONIC in ns of the last call that is known.</param>
    /// <param name="kHz">The frequency; 0 leaves it as it is.</param>
    int Rest(ulong id, ulong lastCallNs, uint kHz);

    /// <summary>Takes records, oldest first; waits for none.</summary>
    /// <returns>Records taken, 0 where there is none; below 0 an error number, negative.</returns>
    int Read(Span<pollscale_kvm_record> room);
}
