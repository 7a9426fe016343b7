using PollScale.HostStub.Kvm.Abi;

namespace PollScale.HostStub.Kvm;

/// <summary>A VM: memory slots, vCPUs, the Xen hypercall intercept.</summary>
internal sealed class KvmVm(KvmHandle handle, KvmSystem system) : IDisposable
{
    /// <summary>KVM_SET_USER_MEMORY_REGION.</summary>
    // SAFETY: KVM reads the structure during the call; the memory it names is the caller's to keep.
    public unsafe void SetMemory(uint slot, ulong guestPhysical, nint hostAddress, ulong size, bool readOnly = false)
    {
        kvm_userspace_memory_region region = new()
        {
            slot = slot,
            flags = readOnly ? KvmConst.KVM_MEM_READONLY : 0,
            guest_phys_addr = guestPhysical,
            memory_size = size,
            userspace_addr = (ulong)hostAddress,
        };
        handle.Ioctl(KvmIoctl.KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");
    }

    /// <summary>
    /// Makes KVM forget every translation of the VM, MMIO included: it does when a slot goes, so one that nobody uses comes and goes.
    /// </summary>
    /// <param name="slot">A free slot.</param>
    /// <param name="guestPhysical">A page nothing maps.</param>
    /// <param name="hostAddress">Any page of this process.</param>
    public void FlushTranslations(uint slot, ulong guestPhysical, nint hostAddress)
    {
        SetMemory(slot, guestPhysical, hostAddress, (ulong)Environment.SystemPageSize, readOnly: true);
        SetMemory(slot, guestPhysical, hostAddress, 0);
    }

    /// <summary>
    /// Places the pages that kvm_intel needs for itself on CPUs without unrestricted guest; other vendors ignore or refuse them, harmlessly.
    /// </summary>
    // SAFETY: KVM reads the eight bytes of the parameter during the call.
    public unsafe void ReserveIntelPages(ulong guestPhysical)
    {
        try
        {
            handle.Ioctl(KvmIoctl.KVM_SET_IDENTITY_MAP_ADDR, &guestPhysical, "KVM_SET_IDENTITY_MAP_ADDR");
            handle.Ioctl(KvmIoctl.KVM_SET_TSS_ADDR, (nuint)(guestPhysical + 0x1000), "KVM_SET_TSS_ADDR");
        }
        catch (KvmException)
        {
            // Only kvm_intel has these; where they are missing they are not needed.
        }
    }

    /// <summary>
    /// Asks KVM to hand hypercalls of any CPL to user space (KVM_XEN_HVM_CONFIG). A zero msr would be accepted and leave the intercept off.
    /// </summary>
    /// <returns>False where the kernel lacks CONFIG_KVM_XEN.</returns>
    // SAFETY: KVM reads the structure on this stack during the call.
    public unsafe bool TryInterceptHypercalls()
    {
        if ((system.CheckExtension(KvmConst.KVM_CAP_XEN_HVM) & KvmConst.KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL) == 0)
        {
            return false;
        }

        kvm_xen_hvm_config config = new() { flags = KvmConst.KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL, msr = 0x4000_0000 };
        handle.Ioctl(KvmIoctl.KVM_XEN_HVM_CONFIG, &config, "KVM_XEN_HVM_CONFIG");
        return true;
    }

    /// <summary>KVM_CREATE_VCPU.</summary>
    public KvmVcpu CreateVcpu(int id) => new(new KvmHandle(handle.Ioctl(KvmIoctl.KVM_CREATE_VCPU, (nuint)id, "KVM_CREATE_VCPU")), system.VcpuMmapSize, id);

    public void Dispose() => handle.Dispose();
}
