using PollScale.HostStub.Kvm.Abi;
using PollScale.Native;

namespace PollScale.HostStub.Kvm;

/// <summary>A vCPU and the kvm_run page it shares. All calls but <see cref="RequestExit"/> belong to the thread that runs it.</summary>
// SAFETY: kvm_run stays mapped until disposal and has the size KVM told; what KVM fills or reads is on the stack or pinned, with the number of entries it was told.
internal sealed unsafe class KvmVcpu : IDisposable
{
    private readonly KvmHandle _handle;
    private readonly int _fd;
    private readonly int _mmapSize;
    private readonly kvm_run* _run;
    private int _disposed;

    public KvmVcpu(KvmHandle handle, int mmapSize, int id)
    {
        Id = id;
        _handle = handle;
        _fd = handle.Fd;
        _mmapSize = mmapSize;
        void* page = LibC.mmap(null, (nuint)mmapSize, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, handle.Fd, 0);
        if (page == LibC.MAP_FAILED)
        {
            KvmException failure = KvmException.FromErrno("Mapping a vCPU's kvm_run page");
            handle.Dispose();
            throw failure;
        }

        _run = (kvm_run*)page;
        _run->kvm_valid_regs = KvmConst.KVM_SYNC_X86_REGS;
    }

    /// <summary>Number of the vCPU in its VM: the identity its calls carry.</summary>
    public int Id { get; }

    /// <summary>The page shared with KVM.</summary>
    public ref kvm_run Run => ref *_run;

    /// <summary>General registers at the last exit.</summary>
    public ref kvm_regs Regs => ref _run->s_regs;

    /// <summary>Enters the guest until its next exit.</summary>
    /// <returns>False when a signal or <see cref="RequestExit"/> interrupted it.</returns>
    /// <exception cref="KvmException">KVM refused to run the vCPU.</exception>
    public bool Enter()
    {
        // Called again it fails for the same reason, at once: who wants the vCPU out has set immediate_exit before the signal.
        if (LibC.ioctl_unexplained(_fd, KvmIoctl.KVM_RUN, null) >= 0 || LibC.ioctl(_fd, KvmIoctl.KVM_RUN, null) >= 0)
        {
            return true;
        }

        return LibC.errno is LibC.EINTR or LibC.EAGAIN ? false : throw KvmException.FromErrno("KVM_RUN");
    }

    /// <summary>Has KVM load <see cref="Regs"/> at the next entry.</summary>
    public void SetRegsDirty() => _run->kvm_dirty_regs |= KvmConst.KVM_SYNC_X86_REGS;

    /// <summary>Makes the next or present <see cref="Enter"/> return false; any thread may ask. A running guest needs a signal as well.</summary>
    public void RequestExit() => Volatile.Write(ref _run->immediate_exit, 1);

    /// <summary>Takes <see cref="RequestExit"/> back.</summary>
    public void ClearExitRequest() => Volatile.Write(ref _run->immediate_exit, 0);

    /// <summary>Where a port exit's data lies, or null when KVM names bytes outside the page.</summary>
    public byte* IoData
    {
        get
        {
            ulong offset = _run->io.data_offset;
            ulong bytes = (ulong)_run->io.size * _run->io.count;
            return offset < (ulong)_mmapSize && bytes <= (ulong)_mmapSize - offset ? (byte*)_run + offset : null;
        }
    }

    public kvm_sregs GetSregs()
    {
        kvm_sregs sregs;
        _handle.Ioctl(KvmIoctl.KVM_GET_SREGS, &sregs, "KVM_GET_SREGS");
        return sregs;
    }

    public void SetSregs(kvm_sregs sregs) => _handle.Ioctl(KvmIoctl.KVM_SET_SREGS, &sregs, "KVM_SET_SREGS");

    public void SetRegs(kvm_regs regs) => _handle.Ioctl(KvmIoctl.KVM_SET_REGS, &regs, "KVM_SET_REGS");

    public void GetXsave(Span<byte> area)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(area.Length, sizeof(kvm_xsave));
        fixed (byte* pointer = area)
        {
            _handle.Ioctl(KvmIoctl.KVM_GET_XSAVE, pointer, "KVM_GET_XSAVE");
        }
    }

    public void SetXsave(ReadOnlySpan<byte> area)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(area.Length, sizeof(kvm_xsave));
        fixed (byte* pointer = area)
        {
            _handle.Ioctl(KvmIoctl.KVM_SET_XSAVE, pointer, "KVM_SET_XSAVE");
        }
    }

    public void SetXcr0(ulong value)
    {
        kvm_xcrs xcrs = new() { nr_xcrs = 1, xcr0 = new kvm_xcr { value = value } };
        _handle.Ioctl(KvmIoctl.KVM_SET_XCRS, &xcrs, "KVM_SET_XCRS");
    }

    public void SetCpuid(ReadOnlySpan<kvm_cpuid_entry2> entries)
    {
        byte[] buffer = new byte[8 + (entries.Length * sizeof(kvm_cpuid_entry2))];
        fixed (byte* pointer = buffer)
        {
            *(uint*)pointer = (uint)entries.Length;
            entries.CopyTo(new Span<kvm_cpuid_entry2>(pointer + 8, entries.Length));
            _handle.Ioctl(KvmIoctl.KVM_SET_CPUID2, pointer, "KVM_SET_CPUID2");
        }
    }

    /// <summary>KVM_SET_MSRS; every entry must be accepted.</summary>
    public void SetMsrs(ReadOnlySpan<kvm_msr_entry> entries)
    {
        byte* buffer = stackalloc byte[8 + (entries.Length * sizeof(kvm_msr_entry))];
        *(ulong*)buffer = (uint)entries.Length;
        entries.CopyTo(new Span<kvm_msr_entry>(buffer + 8, entries.Length));
        int accepted = _handle.Ioctl(KvmIoctl.KVM_SET_MSRS, buffer, "KVM_SET_MSRS");
        if (accepted != entries.Length)
        {
            throw new KvmException($"KVM_SET_MSRS refused MSR 0x{entries[accepted].index:x}.");
        }
    }

    /// <summary>
    /// Lets the guest read the TSC this process reads: KVM starts a new VM's at 0, and packets are stamped on one side and timed on the other.
    /// </summary>
    /// <returns>False where KVM cannot: before Linux 5.16.</returns>
    public bool TryShareTsc()
    {
        ulong offset = 0;
        kvm_device_attr attribute = new() { group = KvmConst.KVM_VCPU_TSC_CTRL, attr = KvmConst.KVM_VCPU_TSC_OFFSET, addr = (ulong)&offset };
        return LibC.ioctl(_fd, KvmIoctl.KVM_SET_DEVICE_ATTR, &attribute) == 0;
    }

    /// <summary>TSC frequency of the vCPU in kHz, 0 where KVM cannot tell.</summary>
    public int GetTscKHz() => LibC.ioctl(_fd, KvmIoctl.KVM_GET_TSC_KHZ, null) is var kHz && kHz > 0 ? kHz : 0;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            LibC.munmap(_run, (nuint)_mmapSize);
            _handle.Dispose();
        }
    }
}
