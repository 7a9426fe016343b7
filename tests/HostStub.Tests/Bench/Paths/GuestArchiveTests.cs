using PollScale.HostStub.Bench;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths;

public class GuestArchiveTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(70_003)]
    public void Another_program_unpacks_what_was_packed(int size)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cpio") || File.Exists("/bin/cpio"), "cpio is not installed: ./test installs it for the lab");
        byte[] program = [.. Enumerable.Range(0, size).Select(i => (byte)(i * 7))];
        using TemporaryFolder folder = new();
        string archive = Path.Combine(folder.Path, "archive");
        using (FileStream file = File.Create(archive))
        {
            GuestArchive.Write(file, program, [("virtio.ko", [1, 2, 3]), ("virtio_console.ko.xz", program)]);
        }

        string listed = ToolProcess.Run("bash", ["-c", $"cpio -tv --quiet --numeric-uid-gid <'{archive}' && cd '{folder.Path}' && cpio -id --quiet init 'modules/*' <'{archive}'"], TimeSpan.FromMinutes(1));
        Assert.Equal(program, File.ReadAllBytes(Path.Combine(folder.Path, "init")));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(folder.Path, "modules/00-virtio.ko")));
        Assert.Equal(program, File.ReadAllBytes(Path.Combine(folder.Path, "modules/01-virtio_console.ko.xz")));
        string[] lines = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["dev", "proc", "sys", "modules", "dev/console", "init", "modules/00-virtio.ko", "modules/01-virtio_console.ko.xz"], lines.Select(line => line.Split(' ')[^1]));
        Assert.Equal(["drwxr-xr-x", "drwxr-xr-x", "drwxr-xr-x", "drwxr-xr-x", "crw-------", "-rwxr-xr-x", "-r--r--r--", "-r--r--r--"], lines.Select(line => line[..10]));
        Assert.Matches(@" 5, +1 ", lines[4]);
    }
}
