using PollScale.HostStub.Run;

namespace PollScale.Lab.Image;

/// <summary>
/// The second disk of a machine with Linux guests: Debian's own QEMU with its libraries and firmware, and the kernels and initramfs of the guests.
/// </summary>
internal static class GuestDisk
{
    private const string Emulator = "/usr/bin/qemu-system-x86_64";

    // Without a display and with -nodefaults it asks for no other.
    private static readonly string[] s_firmware = ["/usr/share/seabios/bios-256k.bin", "/usr/share/qemu/linuxboot_dma.bin", "/usr/share/qemu/kvmvapic.bin"];

    // Of the lab's own, those that run in a guest.
    private static readonly string[] s_programs = ["as", "hypercall_guest", "module_guest", "packets", "region_guest", "scribble", "stopped_guest"];

    /// <summary>Builds it.</summary>
    /// <param name="kernels">Kernels of the guests: their names in /boot, and the meta-packages they come from.</param>
    /// <returns>Its path: an ext4 file system without a journal.</returns>
    /// <exception cref="LabException">Something it is made of is missing.</exception>
    public static string Build(IReadOnlyList<(string Name, string Package)> kernels)
    {
        (string Name, string File)[] programs =
        [
            .. ((string[])[GuestImage.Default(), GuestImage.Probe()]).Select(file => (Path.GetFileName(file), file)),
            .. s_programs.Select(name => (name, LabPrograms.Build(name))),
        ];
        (string Target, string Source)[] files =
        [
            (Emulator, Emulator),
            .. Libraries().Concat(s_firmware).Select(file => (file, file)),
            ("/boot/dpdk", DpdkArchive.Build()),
            .. kernels.SelectMany(kernel => Boot(kernel.Name, KernelTree.Open(kernel.Package), programs)),
        ];
        return ImageCache.Get("guest-disk", files.SelectMany(file => (string[])[file.Target, file.Source]), path => Build(files, path));
    }

    private static (string Target, string Source)[] Boot(string name, KernelTree kernel, IReadOnlyList<(string Name, string File)> programs) =>
        [($"/boot/vmlinuz-{name}", kernel.Vmlinuz), ($"/boot/initramfs-{name}", Initramfs.BuildGuest(kernel, programs))];

    private static string[] Libraries() => File.Exists(Emulator)
        ? Tool.Bash($"ldd '{Emulator}' | grep -o '/[^ ]*' | sort -u", "/").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        : throw new LabException($"There is no {Emulator}: ./test installs qemu-system-x86.");

    private static void Build((string Target, string Source)[] files, string path)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lab-guest-disk-");
        try
        {
            foreach (string name in (string[])["proc", "sys", "dev", "tmp", "run"])
            {
                folder.CreateSubdirectory(name);
            }

            foreach ((string target, string source) in files)
            {
                string copy = folder.FullName + target;
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(source, copy);
            }

            Tool.Bash($"chmod 0755 .; size=$(du -sm . | cut -f1); mke2fs -q -t ext4 -O ^has_journal -d . '{path}' $((size * 5 / 4 + 16))M", folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
