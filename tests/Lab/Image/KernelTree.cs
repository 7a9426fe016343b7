namespace PollScale.Lab.Image;

/// <summary>A kernel package of Debian, unpacked by ./test into artifacts/lab/kernels.</summary>
/// <param name="Release">Its release, as uname says.</param>
/// <param name="Vmlinuz">The kernel.</param>
/// <param name="Modules">Folder of its modules.</param>
/// <param name="HasKvmXen">Built with CONFIG_KVM_XEN, so that hypercalls can go to user space.</param>
/// <param name="OwnModule">HostStub/kmod, built for it by ./test; null where Debian has no headers of it.</param>
internal sealed record KernelTree(string Release, string Vmlinuz, string Modules, bool HasKvmXen, string? OwnModule)
{
    /// <summary>Modules the lab loads, in order; those built into the kernel are left out.</summary>
    private static readonly string[] s_order =
        ["virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk", "irqbypass", "kvm", "kvm-amd"];

    /// <summary>Drivers that only a machine with such devices loads, in order.</summary>
    private static readonly string[] s_drivers = ["cpufreq_userspace", "acpi-cpufreq", "virtio_console"];

    /// <summary>Modules of a Linux guest that has virtio devices, in order.</summary>
    private static readonly string[] s_guest = ["virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_console"];

    /// <summary>Opens the kernel that a meta-package names.</summary>
    /// <param name="metaPackage">For example linux-image-cloud-amd64.</param>
    /// <exception cref="LabException">It was not unpacked.</exception>
    public static KernelTree Open(string metaPackage)
    {
        string root = Path.Combine(LabFolders.Kernels, metaPackage);
        string boot = Path.Combine(root, "boot");
        string? vmlinuz = Directory.Exists(boot) ? Directory.GetFiles(boot, "vmlinuz-*").SingleOrDefault() : null;
        if (vmlinuz is null)
        {
            throw new LabException($"The kernel of {metaPackage} is not in {root}: run ./test, which fetches it from Debian.");
        }

        string release = Path.GetFileName(vmlinuz)["vmlinuz-".Length..];
        string modules = new[] { "lib/modules", "usr/lib/modules" }.Select(f => Path.Combine(root, f, release)).First(Directory.Exists);
        bool xen = File.ReadLines(Path.Combine(boot, "config-" + release)).Contains("CONFIG_KVM_XEN=y");
        string own = Path.Combine(LabFolders.OwnModules, metaPackage.Replace("image", "headers", StringComparison.Ordinal), "pollscale_kvm.ko");
        return new KernelTree(release, vmlinuz, modules, xen, File.Exists(own) ? own : null);
    }

    /// <summary>The modules to load, as (name, file); a file may be packed with xz.</summary>
    public IEnumerable<(string Name, string File)> ModuleFiles() => Files(s_order);

    /// <summary>The drivers of devices that not every machine has; built-in ones are left out here too.</summary>
    public IEnumerable<(string Name, string File)> DriverFiles() => Files(s_drivers);

    /// <summary>The modules that a Linux guest loads; built-in ones are left out here too.</summary>
    public IEnumerable<(string Name, string File)> GuestFiles() => Files(s_guest);

    private IEnumerable<(string Name, string File)> Files(string[] order)
    {
        Dictionary<string, string> files = [];
        foreach (string file in Directory.EnumerateFiles(Modules, "*.ko*", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(file);
            files[name[..name.IndexOf(".ko", StringComparison.Ordinal)]] = file;
        }

        return order.Where(files.ContainsKey).Select(name => (name, files[name]));
    }
}
