using System.Buffers.Binary;
using System.Text;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.HostStub.Machine;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths.ThisHost;

public sealed class KernelImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("6.12.117+deb12-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP", "6.12.117+deb12-cloud-amd64")]
    [InlineData("5.14.0-427.el9.x86_64\0", "5.14.0-427.el9.x86_64")]
    public void A_kernel_tells_its_release(string version, string release) => Assert.Equal(release, KernelImage.Release(Image(version)));

    [Theory]
    [InlineData("../../etc ")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData(" ")]
    public void One_that_tells_another_thing_is_refused(string version) => Assert.Throws<GuestSetupException>(() => KernelImage.Release(Image(version)));

    [Theory]
    [InlineData(0)]
    [InlineData(0x20F)]
    [InlineData(0x300)]
    public void What_is_cut_off_is_refused(int length)
    {
        string whole = Image("6.12 x");
        File.WriteAllBytes(_folder["cut"], File.ReadAllBytes(whole)[..length]);
        Assert.Throws<GuestSetupException>(() => KernelImage.Release(_folder["cut"]));
    }

    [Fact]
    public void One_that_is_not_there_is_told_with_what_to_do() => Assert.Contains("--kernel", Assert.Throws<GuestSetupException>(() => KernelImage.Release(_folder["none"])).Message, StringComparison.Ordinal);

    private string Image(string version)
    {
        byte[] image = new byte[0x1000];
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x20E), 0x400);
        Encoding.ASCII.GetBytes(version).CopyTo(image, 0x600);
        File.WriteAllBytes(_folder["vmlinuz"], image);
        return _folder["vmlinuz"];
    }
}
