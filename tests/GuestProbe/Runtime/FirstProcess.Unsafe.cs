using System.Text;
using PollScale.Native;

namespace PollScale.GuestProbe.Runtime;

/// <summary>What the first process of a Linux VM has to do itself: nobody has mounted anything yet.</summary>
// SAFETY: the names are ended by a zero and lie still for the call.
internal static unsafe class FirstProcess
{
    private const int SYS_mount = 165;

    /// <summary>Mounts what the kernel shows, where this is the first process of a VM with folders for it.</summary>
    public static void Mount()
    {
        if (Environment.ProcessId != 1 || !Directory.Exists("/proc") || Directory.Exists("/proc/self"))
        {
            return;
        }

        foreach ((string type, string folder) in ((string, string)[])[("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev")])
        {
            fixed (byte* name = Encoding.ASCII.GetBytes(type + '\0'), target = Encoding.ASCII.GetBytes(folder + '\0'))
            {
                _ = LibC.syscall(SYS_mount, (nint)name, (nint)target, (nint)name, 0, 0, 0); // what is wanting then is said where it is looked for
            }
        }
    }
}
