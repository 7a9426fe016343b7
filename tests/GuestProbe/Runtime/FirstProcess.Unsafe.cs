using System.Text;
using Microsoft.Win32.SafeHandles;
using PollScale.Native;
using PollScale.Samples.QueueScaler;

namespace PollScale.GuestProbe.Runtime;

/// <summary>What the first process of a Linux VM has to do itself: nobody has mounted anything yet, nobody has loaded a driver, and nobody is there to end the VM.</summary>
// SAFETY: the names are ended by a zero, and they and the one byte of no parameters lie still for the call.
internal static unsafe class FirstProcess
{
    private const int SYS_mount = 165, SYS_reboot = 169, SYS_finit_module = 313;
    private const int FirstMagic = unchecked((int)0xfee1dead), SecondMagic = 672274793, Restart = 0x01234567;
    private const int Packed = 4; // MODULE_INIT_COMPRESSED_FILE
    private const int Already = 17; // EEXIST
    private const string Drivers = "/modules";

    // What was written to the console last has to leave its port.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(200);

    /// <summary>Mounts what the kernel shows, and loads the drivers that came along, in the order of their names, where this is the first process of a VM with folders for it.</summary>
    /// <returns>It is.</returns>
    public static bool Begin()
    {
        if (Environment.ProcessId != 1 || !Directory.Exists("/proc") || Directory.Exists("/proc/self"))
        {
            return false;
        }

        foreach ((string type, string folder) in ((string, string)[])[("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev")])
        {
            fixed (byte* name = Encoding.ASCII.GetBytes(type + '\0'), target = Encoding.ASCII.GetBytes(folder + '\0'))
            {
                _ = LibC.syscall(SYS_mount, (nint)name, (nint)target, (nint)name, 0, 0, 0); // what is wanting then is said where it is looked for
            }
        }

        Output.Line("guestprobe: the VM is up");
        string[] drivers = Directory.Exists(Drivers) ? Directory.GetFiles(Drivers) : [];
        foreach (string driver in drivers.Order(StringComparer.Ordinal))
        {
            Load(driver);
        }

        return true;
    }

    /// <summary>Has the VM start anew, which ends one that may not.</summary>
    public static void End()
    {
        Thread.Sleep(s_lastWords);
        _ = LibC.syscall(SYS_reboot, FirstMagic, SecondMagic, Restart, 0, 0, 0);
    }

    private static void Load(string driver)
    {
        byte nothing = 0;
        using SafeFileHandle file = File.OpenHandle(driver);
        if (LibC.syscall(SYS_finit_module, file.DangerousGetHandle(), (nint)(&nothing), driver.EndsWith(".ko", StringComparison.Ordinal) ? 0 : Packed, 0, 0, 0) != 0 && LibC.errno is var error and not Already)
        {
            Output.Line($"guestprobe: {Path.GetFileName(driver)} does not load: {LibC.strerror(error)}");
        }
    }
}
