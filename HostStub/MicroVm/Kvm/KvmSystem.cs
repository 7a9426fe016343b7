using PollScale.HostStub.Kvm.Abi;
using PollScale.Native;

namespace PollScale.HostStub.Kvm;

/// <summary>/dev/kvm: capabilities and VM creation.</summary>
internal sealed class KvmSystem : IDisposable
{
    public const string DevicePath = "/dev/kvm";

    private static readonly string[] s_flavours = ["kvm_intel", "kvm_amd", "kvm_pvm"];

    private readonly KvmHandle _handle;

    private KvmSystem(KvmHandle handle) => _handle = handle;

    /// <summary>Bytes of the page a vCPU shares.</summary>
    public int VcpuMmapSize { get; private init; }

    /// <summary>The loaded KVM vendor module: "kvm_intel", "kvm_amd", "kvm_pvm", or "unknown".</summary>
    public static string Flavour =>
        s_flavours.FirstOrDefault(name => Directory.Exists("/sys/module/" + name)) ?? "unknown";

    /// <summary>True when /dev/kvm exists; it may still refuse.</summary>
    public static bool Exists => File.Exists(DevicePath);

    /// <summary>Opens /dev/kvm.</summary>
    /// <exception cref="KvmException">It is missing, forbidden, or of another API version.</exception>
    public static KvmSystem Open()
    {
        int fd = LibC.open(DevicePath, LibC.O_RDWR | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            int errno = LibC.errno;
            throw new KvmException(errno switch
            {
                LibC.ENOENT or LibC.ENODEV => $"{DevicePath} does not exist: load kvm_intel or kvm_amd, switch virtualisation on in the firmware, or, inside a VM, let its host allow nesting.",
                LibC.EACCES or LibC.EPERM => $"{DevicePath} may not be opened by this user: run as root, or add the user to the kvm group.",
                _ => $"Opening {DevicePath} failed: {LibC.strerror(errno)} (errno {errno}).",
            });
        }

        KvmHandle handle = new(fd);
        int version = handle.Ioctl(KvmIoctl.KVM_GET_API_VERSION, 0, "KVM_GET_API_VERSION");
        if (version != KvmConst.KVM_API_VERSION)
        {
            handle.Dispose();
            throw new KvmException($"KVM speaks API version {version}; {KvmConst.KVM_API_VERSION} is needed.");
        }

        KvmSystem system = new(handle) { VcpuMmapSize = handle.Ioctl(KvmIoctl.KVM_GET_VCPU_MMAP_SIZE, 0, "KVM_GET_VCPU_MMAP_SIZE") };
        system.Require(KvmConst.KVM_CAP_SYNC_REGS, "KVM_CAP_SYNC_REGS");
        system.Require(KvmConst.KVM_CAP_READONLY_MEM, "KVM_CAP_READONLY_MEM");
        system.Require(KvmConst.KVM_CAP_IMMEDIATE_EXIT, "KVM_CAP_IMMEDIATE_EXIT");
        return system;
    }

    /// <summary>KVM_CHECK_EXTENSION: 0 when the capability is absent.</summary>
    public int CheckExtension(int capability) => _handle.Ioctl(KvmIoctl.KVM_CHECK_EXTENSION, (nuint)capability, "KVM_CHECK_EXTENSION");

    /// <summary>KVM_CREATE_VM.</summary>
    public KvmVm CreateVm() => new(new KvmHandle(_handle.Ioctl(KvmIoctl.KVM_CREATE_VM, 0, "KVM_CREATE_VM")), this);

    /// <summary>KVM_GET_SUPPORTED_CPUID.</summary>
    // SAFETY: KVM writes at most the entries that the buffer says it holds, and then how many it wrote.
    public unsafe kvm_cpuid_entry2[] GetSupportedCpuid()
    {
        const int Capacity = 256;
        byte* buffer = stackalloc byte[8 + (Capacity * sizeof(kvm_cpuid_entry2))];
        *(uint*)buffer = Capacity;
        _handle.Ioctl(KvmIoctl.KVM_GET_SUPPORTED_CPUID, buffer, "KVM_GET_SUPPORTED_CPUID");
        return new Span<kvm_cpuid_entry2>(buffer + 8, (int)*(uint*)buffer).ToArray();
    }

    public void Dispose() => _handle.Dispose();

    private void Require(int capability, string name)
    {
        if (CheckExtension(capability) == 0)
        {
            throw new KvmException($"This kernel's KVM lacks {name}; Linux 4.17 or newer has it.");
        }
    }
}
