using System.Globalization;
using PollScale.HostStub.Kvm;
using PollScale.Native;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>What the machine under the tests is like.</summary>
internal static class TestMachine
{
    /// <summary>Environment variable: how many times slower than usual this machine may be. tests/Lab sets it.</summary>
    private const string PatienceVariable = "POLLSCALE_TEST_PATIENCE";

    /// <summary>KVM is software-nested: the outer host executes some instructions itself.</summary>
    public static bool IsNested => KvmSystem.Flavour == "kvm_pvm";

    /// <summary>The CPU is QEMU's TCG, which leaves some exceptions out; "TCGT" in its hypervisor leaf.</summary>
    public static bool HasEmulatedCpu { get; } = Cpuid.Read(0x4000_0000, 0).Ebx == 0x5447_4354;

    private static int Patience { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(PatienceVariable), CultureInfo.InvariantCulture, out int factor) && factor is >= 1 and <= 100 ? factor : 1;

    /// <summary>A limit in seconds for a machine of usual speed, made longer for a slow one.</summary>
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds * Patience);
}
