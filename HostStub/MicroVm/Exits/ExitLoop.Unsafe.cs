using PollScale.HostStub.Guest;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Exits;

/// <summary>
/// Runs one guest thread's vCPU: enters the guest, answers each exit, until the thread or the process ends. A doorbell's exit is
/// answered in kvm_run alone, without a register ioctl and without allocating.
/// </summary>
// SAFETY: port data is checked to lie in kvm_run by IoData; MMIO data is the field of eight bytes, pinned.
internal sealed unsafe class ExitLoop(GuestProcess process, DoorbellDevice doorbell, UserEntry user)
{
    /// <summary>Runs the thread on the calling host thread.</summary>
    public void Run(GuestThread thread)
    {
        KvmVcpu vcpu = thread.Vcpu;
        while (!process.Ended && !thread.Exited)
        {
            if (!vcpu.Enter())
            {
                vcpu.ClearExitRequest();
                if (!process.Ended)
                {
                    user.Interrupted(thread);
                }

                continue;
            }

            switch (vcpu.Run.exit_reason)
            {
                case KvmExit.IO:
                    Io(thread);
                    break;
                case KvmExit.MMIO:
                    Mmio(thread);
                    break;
                case KvmExit.XEN when vcpu.Run.xen.type == KvmConst.KVM_EXIT_XEN_HCALL:
                    ref kvm_xen_exit xen = ref vcpu.Run.xen;
                    xen.result = (ulong)doorbell.Hypercall(vcpu.Id, xen.input, xen.@params[0], xen.cpl, xen.longmode != 0);
                    break;
                case KvmExit.INTR:
                    break;
                default:
                    Fail(thread, ExitText.Describe(vcpu));
                    break;
            }
        }
    }

    private void Io(GuestThread thread)
    {
        KvmVcpu vcpu = thread.Vcpu;
        ref kvm_exit_io io = ref vcpu.Run.io;
        if (io.direction == KvmConst.KVM_EXIT_IO_IN)
        {
            byte* data = vcpu.IoData;
            if (data is null)
            {
                Fail(thread, "KVM placed a port read's data outside kvm_run");
            }
            else if (DoorbellDevice.Owns(io.port) && io.size == sizeof(uint) && io.count == 1)
            {
                *(uint*)data = doorbell.Port(vcpu.Id, io.port);
            }
            else
            {
                new Span<byte>(data, (int)(io.size * io.count)).Fill(0xFF); // an empty bus reads ones
            }
        }
        else if (io.port == GuestLayout.SyscallPort && SystemRegion.IsSyscallStub(vcpu.Regs.rip))
        {
            user.Syscall(thread);
        }
        else if (io.port == GuestLayout.ExceptionPort && SystemRegion.VectorAt(vcpu.Regs.rip) is var vector and >= 0)
        {
            user.Exception(thread, vector);
        }
    }

    private void Mmio(GuestThread thread)
    {
        KvmVcpu vcpu = thread.Vcpu;
        ref kvm_exit_mmio mmio = ref vcpu.Run.mmio;
        ulong offset = mmio.phys_addr - GuestLayout.DoorbellPage;
        if (mmio.is_write == 0 && offset < GuestLayout.PageSize)
        {
            fixed (byte* data = mmio.data)
            {
                *(ulong*)data = ulong.MaxValue;
                *(uint*)data = doorbell.Mmio(vcpu.Id, (uint)offset, mmio.len);
            }

            return;
        }

        string page = offset < GuestLayout.PageSize ? "the doorbell page"
            : mmio.phys_addr - GuestLayout.StatusPage < GuestLayout.PageSize ? "the read-only status page"
            : "an address without memory";
        Fail(thread, $"it {(mmio.is_write != 0 ? "wrote" : "read")} {mmio.len} bytes at GPA 0x{mmio.phys_addr:x}, {page}");
    }

    private void Fail(GuestThread thread, string cause) =>
        process.Fail($"The guest was stopped: {cause}.", FailureReport.Build(process, thread, thread.Vcpu.Regs, cause));
}
