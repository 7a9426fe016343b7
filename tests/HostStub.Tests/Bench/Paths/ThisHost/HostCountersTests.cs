using System.Buffers.Binary;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths.ThisHost;

public sealed class HostCountersTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    // A register is eight bytes at its own number; the file's overlap.
    [Fact]
    public void Cycles_are_read_of_the_pCPU_named()
    {
        byte[] registers = [.. Enumerable.Range(0, 0x100).Select(i => (byte)i)];
        Write("dev/cpu/3/msr", registers);
        Write("dev/cpu/0/msr", new byte[0x100]);
        using CoreCycles cycles = new(_root.Path, 3);
        Assert.Null(cycles.WhyNot);
        Assert.Equal((BinaryPrimitives.ReadUInt64LittleEndian(registers.AsSpan(0xE8)), BinaryPrimitives.ReadUInt64LittleEndian(registers.AsSpan(0xE7))), cycles.Read());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0xE8)] // a CPU that has neither answers with an error
    public void Where_they_cannot_be_read_both_ways_are_told(int? length)
    {
        if (length is int bytes)
        {
            Write("dev/cpu/3/msr", new byte[bytes]);
        }

        using CoreCycles cycles = new(_root.Path, 3);
        Assert.Null(cycles.Read());
        Assert.Contains("modprobe msr", cycles.WhyNot, StringComparison.Ordinal);
        Assert.Contains("perf: ", cycles.WhyNot, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event=0x01", 1ul)]
    [InlineData("event=0x00", 0ul)]
    public void Events_of_perf_are_read(string text, ulong config) => Assert.Equal(config, CoreCycles.Event(text));

    [Theory]
    [InlineData("")]
    [InlineData("event=1")]
    [InlineData("event=0x1,umask=0x2")]
    [InlineData("event=0x12345678901234567")]
    public void Others_are_refused(string text) => Assert.ThrowsAny<SystemException>(() => CoreCycles.Event(text));

    [Fact]
    public void Energy_is_that_of_the_pCPUs_package()
    {
        Zone("intel-rapl:0", "package-0", "1", "262143328850");
        Zone("intel-rapl:1", "package-1", "77", "262143328850");
        Zone("intel-rapl:1:0", "dram", "5", "65712999613");
        Write("sys/devices/system/cpu/cpu3/topology/physical_package_id", "1\n"u8);
        PackageEnergy energy = new(_root.Path, 3);
        Assert.Null(energy.WhyNot);
        Assert.Equal((77ul, 262143328850ul), (energy.Read(), energy.Range));
    }

    [Theory]
    [InlineData("package-0", "1", "2", "has no package-1")] // of another package
    [InlineData("package-1", "many", "2", "format")]
    [InlineData("package-1", "1", "-2", "format")]
    [InlineData("package-1", "1", "99999999999999999999", "large")]
    public void Where_it_cannot_be_read_it_is_told_why(string name, string count, string range, string why)
    {
        Zone("intel-rapl:0", name, count, range);
        Write("sys/devices/system/cpu/cpu3/topology/physical_package_id", "1\n"u8);
        PackageEnergy energy = new(_root.Path, 3);
        Assert.Null(energy.Read());
        Assert.Contains(why, energy.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_it_is_told() => Assert.NotNull(new PackageEnergy(_root.Path, 3).WhyNot);

    private void Zone(string folder, string name, string count, string range)
    {
        Write($"sys/class/powercap/{folder}/name", System.Text.Encoding.ASCII.GetBytes(name + "\n"));
        Write($"sys/class/powercap/{folder}/energy_uj", System.Text.Encoding.ASCII.GetBytes(count + "\n"));
        Write($"sys/class/powercap/{folder}/max_energy_range_uj", System.Text.Encoding.ASCII.GetBytes(range + "\n"));
    }

    private void Write(string file, ReadOnlySpan<byte> content)
    {
        string path = _root[file];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content.ToArray());
    }
}
