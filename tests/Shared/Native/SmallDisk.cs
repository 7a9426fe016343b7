using System.Diagnostics;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Shared.Native;

/// <summary>A file system of 64 KiB, to be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryTree _tree = new();

    /// <summary>Mounts it; skips the test where that is not allowed.</summary>
    public SmallDisk()
    {
        using Process? mount = LibC.geteuid() == 0 ? Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=64k,mode=0755", "none", Root]) { RedirectStandardError = true }) : null;
        mount?.WaitForExit();
        if (mount is not { ExitCode: 0 })
        {
            _tree.Dispose();
            Assert.Skip("A small tmpfs cannot be mounted here: that needs root and CAP_SYS_ADMIN.");
        }
    }

    public string Root => _tree.Root;

    /// <summary>Writes a file until there is no room.</summary>
    public void Fill(string path)
    {
        using FileStream filler = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    public void Dispose()
    {
        using (Process unmount = Process.Start("umount", ["-l", Root]))
        {
            unmount.WaitForExit();
        }

        _tree.Dispose();
    }
}
