using System.Diagnostics;
using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>Debian's DPDK as a guest: its test program, and a small one of ours over its librte_power.</summary>
internal static class DpdkPeer
{
    private const string TestProgram = "/usr/bin/dpdk-test";

    // --no-shconf: no runtime folder is left behind, and programs do not find each other.
    private static readonly string[] s_eal = ["--no-huge", "--no-pci", "--no-shconf", "-l", "0", "-m", "64"];

    /// <summary>Path of lcore 0's port, which librte_power has fixed.</summary>
    public static string Port { get; } = $"{GuestChannelAbi.PortFolder}/{GuestChannelAbi.PortPrefix}0";

    /// <summary>Skips where something is missing.</summary>
    public static void Require(bool compiler)
    {
        Assert.SkipUnless(LibC.geteuid() == 0, $"librte_power opens {GuestChannelAbi.PortFolder}, which only root can make.");
        Assert.SkipWhen(File.Exists(Port), $"{Port} exists: this machine has a guest channel of its own.");
        Assert.SkipUnless(File.Exists(TestProgram), $"{TestProgram} is missing: apt-get install dpdk-dev.");
        Assert.SkipWhen(compiler && CCompiler.Missing is not null, CCompiler.Missing ?? "");
        Assert.SkipWhen(compiler && (!File.Exists("/usr/bin/pkg-config") || CCompiler.Run("pkg-config", ["--exists", "libdpdk"]).Status != 0), "pkg-config finds no libdpdk: apt-get install pkg-config libdpdk-dev.");
    }

    /// <summary>Runs one test of dpdk-test.</summary>
    public static string RunTest(string name) => Run(TestProgram, start => start.Environment["DPDK_TEST"] = name);

    /// <summary>Compiles and runs the librte_power program.</summary>
    /// <returns>Lines it printed about calls.</returns>
    public static string[] RunPowerPeer()
    {
        string program = Path.Combine(CCompiler.OutputDirectory, "power_peer");
        string flags = CCompiler.Run("pkg-config", ["--cflags", "--libs", "libdpdk"]).Output;
        (int status, _, string error) = CCompiler.Run("gcc",
        [
            "-O1", "-DALLOW_EXPERIMENTAL_API", "-o", program, Path.Combine(AppContext.BaseDirectory, "DpdkPeer", "power_peer.c"),
            .. flags.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        ]);
        Assert.True(status == 0, error);
        return [.. Run(program, _ => { }).Split('\n').Where(line => line.Length > 0 && char.IsAsciiLetterLower(line[0]))];
    }

    private static string Run(string program, Action<ProcessStartInfo> prepare)
    {
        ProcessStartInfo start = new(program, s_eal) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        prepare(start);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill();
            Assert.Fail($"{program} does not end: {output.Result}{error.Result}");
        }

        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {output.Result}{error.Result}");
        return output.Result;
    }
}
