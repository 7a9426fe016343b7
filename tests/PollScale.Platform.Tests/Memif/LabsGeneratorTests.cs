using System.Diagnostics;
using PollScale.Memif;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Memif;

/// <summary>The generator of the nested lab makes its region in C: it must be one that the library knows, long before a lab is started.</summary>
public class LabsGeneratorTests
{
    [Fact]
    public void Its_region_is_of_the_layout_that_is_known()
    {
        Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        Assert.SkipUnless(Checkout.Root is not null, "The sources are not here.");
        string program = Path.Combine(CCompiler.OutputDirectory, "packets");
        (int status, _, string error) = CCompiler.Run("gcc", ["-O1", "-o", program, Path.Combine(Checkout.Root!, "tests/Lab/Image/packets.c")]);
        Assert.True(status == 0, error);
        using TemporaryFolder folder = new();
        string path = folder["packets"];
        using Process generator = Process.Start(program, [path, "1", "1", "1", "1"])!;
        try
        {
            // The header is written last.
            Assert.True(SpinWait.SpinUntil(() => generator.HasExited || IsMade(path), TimeSpan.FromSeconds(30)), "no region");
            using PacketRegion region = PacketRegion.Open(path);
            Assert.Equal(1 << 14, region.RxQueue.Size);
        }
        finally
        {
            generator.Kill();
            generator.WaitForExit();
        }
    }

    private static bool IsMade(string path)
    {
        byte[] header = new byte[44];
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return file.Read(header) == header.Length && header[40] + header[41] + header[42] != 0;
        }
        catch (IOException)
        {
            return false; // not yet
        }
    }
}
