using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

public class FilePermissionTests
{
    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void Owner_mode_and_kind_are_those_of_the_file()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupWrite);

            Assert.True(FilePermission.TryReadOwner(path, out ushort mode, out uint uid, out _));
            Assert.Equal(Convert.ToInt32("100420", 8), mode);
            Assert.Equal(LibC.geteuid(), uid);
            Assert.Equal(0, FilePermission.Check(path, writable: false));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_device_is_told_from_a_file()
    {
        Assert.True(FilePermission.TryReadOwner("/dev/null", out ushort mode, out uint uid, out uint gid));
        Assert.Equal((LibC.S_IFCHR, 0u, 0u), ((ushort)(mode & LibC.S_IFMT), uid, gid));
    }

    [Fact]
    public void What_is_missing_is_said_with_its_error_number()
    {
        Assert.False(FilePermission.TryReadOwner("/nonexistent", out _, out _, out _));
        Assert.Equal(LibC.ENOENT, FilePermission.Check("/nonexistent", writable: true));
    }

    [Fact]
    public void A_socket_is_told_from_other_descriptors()
    {
        int socket = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
        int file = LibC.open("/dev/null", LibC.O_RDONLY | LibC.O_CLOEXEC);

        Assert.True(FilePermission.IsSocket(socket));
        Assert.False(FilePermission.IsSocket(file));
        _ = LibC.close(socket);
        _ = LibC.close(file);
        Assert.False(FilePermission.IsSocket(int.MaxValue));
    }
}
