using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

public sealed class UnixSocketTests : IDisposable
{
    private const uint Mode = 0x1B0; // 0660
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-socket-").FullName;

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void A_socket_has_the_mode_asked_for_whatever_the_umask()
    {
        using StreamDescriptor listener = UnixSocket.Listen(At("socket"), Mode);
        Assert.Equal(Mode, (uint)File.GetUnixFileMode(At("socket")));
    }

    /// <summary>Whoever may write the folder can put a link in the socket's place as soon as it is made.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void What_was_put_in_the_sockets_place_keeps_its_mode_and_so_does_what_it_leads_to(bool isLink)
    {
        const UnixFileMode OwnersOnly = UnixFileMode.UserRead;
        File.WriteAllText(At("victim"), "");
        File.SetUnixFileMode(At("victim"), OwnersOnly);
        if (isLink)
        {
            File.CreateSymbolicLink(At("socket"), At("victim"));
        }

        Assert.Equal(LibC.EACCES, UnixSocket.SetMode(At(isLink ? "socket" : "victim"), Mode));
        Assert.Equal(OwnersOnly, File.GetUnixFileMode(At("victim")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);
}
