using System.IO.Compression;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.HostStub.Machine;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths.ThisHost;

public sealed class GuestDriversTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_driver_needs_comes_before_it_and_once()
    {
        Index("", """
            kernel/virtio_pci.ko: kernel/virtio_pci_modern_dev.ko kernel/virtio.ko kernel/virtio_ring.ko
            kernel/virtio-console.ko: kernel/virtio.ko kernel/virtio_ring.ko
            kernel/virtio.ko: kernel/virtio_ring.ko
            kernel/virtio_ring.ko:
            kernel/virtio_pci_modern_dev.ko:
            """);
        Modules("virtio_pci.ko", "virtio-console.ko", "virtio.ko", "virtio_ring.ko", "virtio_pci_modern_dev.ko");
        IReadOnlyList<(string Name, byte[] Content)> files = new GuestDrivers(_folder.Path).Files("virtio_pci", "virtio_console");
        Assert.Equal(["virtio_ring.ko", "virtio.ko", "virtio_pci_modern_dev.ko", "virtio_pci.ko", "virtio-console.ko"], files.Select(file => file.Name));
        Assert.All(files, file => Assert.Equal(Content(file.Name), file.Content));
    }

    [Fact]
    public void What_is_built_in_is_left_out()
    {
        Index("kernel/drivers/virtio/virtio_pci.ko\nkernel/drivers/char/virtio_console.ko\n", "");
        Assert.Empty(new GuestDrivers(_folder.Path).Files("virtio_pci", "virtio_console"));
    }

    [Fact]
    public void A_driver_that_is_nowhere_is_named_with_what_to_do()
    {
        Index("kernel/drivers/virtio/virtio_pci.ko\n", "");
        GuestSetupException e = Assert.Throws<GuestSetupException>(() => new GuestDrivers(_folder.Path).Files("virtio_pci", "virtio_console"));
        Assert.Contains("no driver virtio_console", e.Message, StringComparison.Ordinal);
        Assert.Contains("--modules", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told() => Assert.Contains("--modules", Assert.Throws<GuestSetupException>(() => new GuestDrivers(_folder["none"]).Files("virtio_pci")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("../virtio_pci.ko")]
    [InlineData("kernel/../../virtio_pci.ko")]
    [InlineData("/etc/virtio_pci.ko")]
    public void A_file_elsewhere_is_refused(string path)
    {
        Index("", $"{path}:\n");
        Assert.Contains("elsewhere", Assert.Throws<GuestSetupException>(() => new GuestDrivers(_folder.Path).Files("virtio_pci")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packed_modules_are_unpacked()
    {
        Index("", "kernel/a.ko.gz:\nkernel/b.ko.xz:\n");
        byte[] gz = Content("a"), xz = new byte[1 << 20]; // more than a pipe holds, packed too
        new Random(1).NextBytes(xz);
        using (GZipStream stream = new(File.Create(Path.Combine(Directory.CreateDirectory(_folder["kernel"]).FullName, "a.ko.gz")), CompressionMode.Compress))
        {
            stream.Write(gz);
        }

        Assert.SkipUnless(File.Exists("/usr/bin/xz"), "xz is not installed: ./test installs it for the lab");
        File.WriteAllBytes(_folder["kernel/b.ko"], xz);
        ToolProcess.Run("/usr/bin/xz", [_folder["kernel/b.ko"]], TimeSpan.FromMinutes(1));
        IReadOnlyList<(string Name, byte[] Content)> files = new GuestDrivers(_folder.Path).Files("a", "b");
        Assert.Equal([("a.ko", gz.Length), ("b.ko", xz.Length)], files.Select(file => (file.Name, file.Content.Length)));
        Assert.Equal(gz, files[0].Content);
        Assert.Equal(xz, files[1].Content);
    }

    [Fact]
    public void What_cannot_be_unpacked_here_stays_packed_for_the_kernel()
    {
        Index("", "kernel/a.ko.xz:\n");
        Modules("a.ko.xz"); // no xz
        Assert.Equal([("a.ko.xz", Content("a.ko.xz").Length)], new GuestDrivers(_folder.Path).Files("a").Select(file => (file.Name, file.Content.Length)));
    }

    private static byte[] Content(string name) => [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * name.Length))];

    private void Index(string builtin, string dep)
    {
        File.WriteAllText(_folder["modules.builtin"], builtin);
        File.WriteAllText(_folder["modules.dep"], dep);
    }

    private void Modules(params string[] names)
    {
        Directory.CreateDirectory(_folder["kernel"]);
        Array.ForEach(names, name => File.WriteAllBytes(_folder[$"kernel/{name}"], Content(name)));
    }
}
