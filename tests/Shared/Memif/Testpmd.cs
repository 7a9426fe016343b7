using PollScale.Tests.Shared.Dpdk;
using Xunit;

namespace PollScale.Tests.Shared.Memif;

/// <summary>Debian's dpdk-testpmd with memif ports.</summary>
/// <param name="devices">EAL's <c>--vdev</c>s.</param>
/// <param name="own">The program's own options.</param>
/// <param name="lcores">Where its lcores are: the second one polls.</param>
internal sealed class Testpmd(string devices, string own, string lcores = "-l 0,1")
    : DpdkProcess(DpdkProcess.TestpmdProgram, $"--no-telemetry -m 256 {lcores} {devices} -- --total-num-mbufs=16384 --no-flush-rx {own}")
{
    /// <summary>Skips the test where something is missing.</summary>
    public static void Require()
    {
        Assert.SkipUnless(File.Exists(DpdkProcess.TestpmdProgram), $"{DpdkProcess.TestpmdProgram} is missing: apt-get install dpdk-dev.");
        Assert.SkipUnless(Environment.ProcessorCount > 1, "DPDK's lcores are to be on CPUs 0 and 1, and this process has one CPU.");
    }

    /// <summary>Stops forwarding, and waits until no lcore polls any more: DPDK 22.11 unmaps a link's memory while its lcores forward, and may crash where the peer goes meanwhile.</summary>
    public void StopForwarding()
    {
        int before = Stops();
        Say("stop");
        Await(() => "testpmd forwards on", () => Stops() > before);
    }

    /// <summary>A memif port's device.</summary>
    /// <param name="port">Its number.</param>
    /// <param name="role">server or client.</param>
    /// <param name="socket">Path.</param>
    /// <param name="more">More of the driver's settings, a comma before each.</param>
    public static string Port(int port, string role, string socket, string more = "") => $"--vdev=net_memif{port},role={role},socket={socket},socket-abstract=no{more}";

    private int Stops() => Output.Split('\n').Count(line => line == "Done.");
}
