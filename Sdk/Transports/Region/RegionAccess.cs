using System.ComponentModel;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>What may keep a user from the device's files, and what to do about it.</summary>
internal static class RegionAccess
{
    /// <summary>The rule of 60-pollscale.rules: files in sysfs are no devices, so GROUP= and MODE= would do nothing.</summary>
    public const string UdevRule =
        """
        ACTION!="remove", SUBSYSTEM=="pci", ATTR{vendor}=="0x1af4", ATTR{device}=="0x1110", RUN+="/bin/chgrp pollscale /sys$devpath/resource0 /sys$devpath/resource2", RUN+="/bin/chmod 0660 /sys$devpath/resource0 /sys$devpath/resource2"
        """;

    /// <summary>What to do where the files are root's alone.</summary>
    public const string Permission =
        $"Run as root, or let a group have it: groupadd --system pollscale, this line in /etc/udev/rules.d/60-pollscale.rules, then udevadm control --reload and udevadm trigger --subsystem-match=pci: {UdevRule}";

    /// <summary>What to do where the kernel maps no device.</summary>
    public const string Lockdown =
        "The kernel is locked down, as by Secure Boot, and maps no device to a program: boot without it (cat /sys/kernel/security/lockdown), or take the guest channel (GuestChannelOptions).";

    /// <summary>The cause and the remedy of an error met at a file of the device.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">What open or mmap met.</param>
    public static RegionUnavailableException Failure(string path, Win32Exception error) => error.NativeErrorCode switch
    {
        LibC.EACCES => new($"{path} may not be opened by this user.", Permission, error),
        LibC.EPERM => new($"{path} may not be mapped: {error.Message}", Lockdown, error),
        LibC.EROFS => new($"{path} is on a file system mounted read-only, as /sys of a container is.", "Mount sysfs writable there.", error),
        _ => new($"{path} cannot be used: {error.Message}", "Look at the kernel's log.", error),
    };
}
