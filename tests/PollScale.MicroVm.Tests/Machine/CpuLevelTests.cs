using PollScale.HostStub.Machine;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Machine;

public class CpuLevelTests
{
    // CPUID of QEMU's models, leaves 1, 7 and 0x80000001.
    private static readonly CpuidReader s_qemu64 = Cpu(0x8000_2001, 0, 0x0000_0065);
    private static readonly CpuidReader s_nehalem = Cpu(0x8098_2201, 0, 0x0000_0001);
    private static readonly CpuidReader s_haswell = Cpu(0xF6FA_3203, 0x0000_07A9, 0x0000_0021);

    [Fact]
    public void Each_level_names_what_a_CPU_lacks_of_it()
    {
        Assert.Equal(["SSSE3", "SSE4.1", "SSE4.2", "POPCNT"], CpuLevel.Missing(3, s_qemu64));
        Assert.Empty(CpuLevel.Missing(3, s_nehalem));
        Assert.Equal(["FMA", "MOVBE", "AVX", "F16C", "BMI1", "AVX2", "BMI2", "LZCNT"], CpuLevel.Missing(7, s_nehalem));
        Assert.Empty(CpuLevel.Missing(7, s_haswell));
        Assert.Equal(5, CpuLevel.Missing(15, s_haswell).Count);
    }

    [Fact]
    public void An_image_that_says_nothing_runs_anywhere() => CpuLevel.Check(0, s_qemu64);

    [Fact]
    public void A_refusal_names_the_level_the_features_and_what_to_set()
    {
        string text = Assert.Throws<GuestSetupException>(() => CpuLevel.Check(3, s_qemu64)).Message;
        Assert.All(["x86-64-v2", "SSSE3, SSE4.1, SSE4.2, POPCNT", "host-model", "Nehalem"], part => Assert.Contains(part, text));
    }

    [Fact]
    public void A_leaf_that_the_CPU_does_not_have_is_not_read() =>
        Assert.Contains("AVX2", CpuLevel.Missing(4, (leaf, _) => leaf == 7 ? new CpuidLeaf(0, uint.MaxValue, 0, 0) : new CpuidLeaf(leaf == 0 ? 6 : 0x8000_0008, 0, 0, 0)));

    private static CpuidReader Cpu(uint basicEcx, uint structuredEbx, uint extendedEcx) => (leaf, _) => leaf switch
    {
        0 => new CpuidLeaf(7, 0, 0, 0),
        1 => new CpuidLeaf(0, 0, basicEcx, 0),
        7 => new CpuidLeaf(0, structuredEbx, 0, 0),
        0x8000_0000 => new CpuidLeaf(0x8000_0008, 0, 0, 0),
        0x8000_0001 => new CpuidLeaf(0, 0, extendedEcx, 0),
        _ => default,
    };
}
