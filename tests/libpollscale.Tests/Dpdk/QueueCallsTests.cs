using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>pollscale_dpdk.h, for applications that can be compiled anew.</summary>
[Collection(nameof(TestpmdTests))]
public class QueueCallsTests
{
    private static readonly string s_source = Path.Combine(AppContext.BaseDirectory, "dpdk_calls.c");

    [Fact]
    public void Queues_come_and_go_by_one_call_each()
    {
        DpdkPlugin.Require();
        string folder = Path.GetDirectoryName(DpdkPlugin.Path)!;
        string program = DpdkPlugin.Program(s_source, $"-I{AppContext.BaseDirectory}", $"-L{folder}", "-l:libpollscale.so.0", $"-Wl,-rpath,{folder}");
        string[] lines = PublishedLibrary.Run(program, "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf", "-m", "64", "--lcores=0@0,1@1", "--vdev=net_null0,no-rx=1");

        Assert.StartsWith("wrong -1 pollscale_create has no option 'rings'", lines[0]);
        Assert.Equal(
        [
            "lcore -22 ", "port -22 ", "queue -22 ", "never -22 ", "enable 0 ", "enable 0 ", "enable 0 ", "again -17 ",
            "status 0  stats -2 queues 0 granted ", // until it polls
            "status 0  stats 0 queues 3 granted slower",
            "disable 0 ", "status 0  stats 0 queues 2 granted slower",
            "full -28 ", "status 0  stats 0 queues 16 granted slower",
            "status 0  stats -2 queues 0 granted ", // without the last it has no scaler
            "enable 0 ",
        ], lines[1..^2]);
        Assert.StartsWith("status -4 This VM has no virtio-serial port", lines[^2]);
        Assert.Equal("disable 0 ", lines[^1]);
    }

    [Fact]
    public void The_header_is_one_for_a_compiler_of_C_plus_plus()
    {
        DpdkPlugin.Require();
        string[] flags = CCompiler.Run("pkg-config", ["--cflags", "libdpdk"]).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        (int status, _, string error) = CCompiler.Run("gcc", ["-x", "c++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", $"-I{AppContext.BaseDirectory}", .. flags, "-include", "dpdk/pollscale_dpdk.h", "/dev/null"]);
        Assert.SkipWhen(error.Contains("cc1plus", StringComparison.Ordinal), $"There is no compiler of C++: {error.Trim()}");
        Assert.True(status == 0, error);
    }

    [Fact]
    public void The_calls_of_the_page_for_DPDK_compile()
    {
        DpdkPlugin.Require();
        string[] lines = PageBlock.Read("docs/dpdk.md").Single(block => block.Language == "c").Text.Split('\n'), calls = [.. lines.Where(line => line.Trim() != "..." || line[0] == '\t').Select(line => line.Trim() == "..." ? "return;" : line)];
        string source = Path.Combine(CCompiler.OutputDirectory, "page_calls.c");
        File.WriteAllLines(source, [
            "#include <rte_launch.h>", .. calls.Where(line => line.StartsWith('#')), "int poll_loop(void *);", "void calls(unsigned int lcore, uint16_t port, uint16_t queue);", "void calls(unsigned int lcore, uint16_t port, uint16_t queue)",
            "{", .. calls.Where(line => !line.StartsWith('#')), "}"]);
        string[] flags = CCompiler.Run("pkg-config", ["--cflags", "libdpdk"]).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        (int status, _, string error) = CCompiler.Run("gcc", ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", $"-I{AppContext.BaseDirectory}", $"-I{AppContext.BaseDirectory}dpdk", .. flags, source]);
        Assert.True(status == 0, error);
    }

    [Fact]
    public void What_the_page_for_DPDK_says_to_do_works()
    {
        DpdkPlugin.Require();
        string commands = PageBlock.Commands("docs/dpdk.md", "dotnet publish Sdk.C -c Release", "Sdk.C/dpdk/build"); // ./test did
        string home = Directory.CreateDirectory(Path.Combine(CCompiler.OutputDirectory, $"page-{Guid.NewGuid():n}")).FullName; // EAL takes no plugin from /tmp
        try
        {
            (int status, string output, string error) = CCompiler.Run("sh", ["-c", $"set -e; export HOME='{home}'; cd '{home}'; ln -s '{Checkout.Root}/Sdk.C' '{Checkout.Root}/Samples' .\n{commands}"]);
            Assert.True(status == 0, output + error);
            Assert.Contains("lcore 1 on CPU 1 is scaled over loopback by optimal-available: 2 queues, bursts of 32", output + error, StringComparison.Ordinal);
            Assert.Matches("(?m)^[1-9][0-9]* packets in [0-9]+ polls, [1-9][0-9]* decisions, [1-9][0-9]* changes of frequency asked for$", output);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
