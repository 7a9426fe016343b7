using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.C.Settings;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.C.Tests;

/// <summary>What Sdk.C/install puts into a system.</summary>
public class InstalledTests
{
    [Fact]
    public void A_program_is_built_by_pkg_config_and_runs()
    {
        PublishedLibrary.Require();
        using TemporaryFolder root = new();
        string prefix = root["usr"];
        Assert.Equal("", Shell($"'{Checkout.Root}/Sdk.C/install' '' '{prefix}'"));
        Assert.SkipUnless(File.Exists("/usr/bin/pkg-config"), "pkg-config is missing: ./test installs it.");
        string program = root["user"];
        Assert.Equal("", Shell($"export PKG_CONFIG_PATH='{prefix}/lib/pkgconfig'; gcc -O2 '{AppContext.BaseDirectory}lcore_user.c' -o '{program}' $(pkg-config --cflags --libs pollscale) -pthread"));
        Assert.Equal("create 0", Shell($"LD_LIBRARY_PATH='{prefix}/lib' '{program}' create transport=loopback").Trim());
        Assert.Equal("0.1.0", Shell($"PKG_CONFIG_PATH='{prefix}/lib/pkgconfig' pkg-config --modversion pollscale").Trim());
    }

    [Fact]
    public void What_the_page_for_C_says_to_do_works()
    {
        PublishedLibrary.Require();
        Assert.SkipUnless(File.Exists("/usr/bin/pkg-config"), "pkg-config is missing: ./test installs it.");
        string commands = PageBlock.Commands("docs/c.md", "dotnet publish Sdk.C -c Release"); // ./test did
        using TemporaryFolder home = new();
        string told = Shell($"set -e; export HOME='{home.Path}'; cd '{home.Path}'; ln -s '{Checkout.Root}/Sdk.C' '{Checkout.Root}/Samples' .\n{commands}");
        Match counted = Regex.Match(told, "^(?:([0-9]+) packets in ([0-9]+) polls, ([0-9]+) decisions, ([0-9]+) changes of frequency asked for\n){2}Would have saved ([0-9]+)[.][0-9] % .*\n$");
        Assert.True(counted.Success, told);
        Assert.All(counted.Groups.Values.Skip(1).SelectMany(group => group.Captures), count => Assert.InRange(long.Parse(count.Value, CultureInfo.InvariantCulture), 2, long.MaxValue));
        Assert.All(counted.Groups[1].Captures, packets => Assert.InRange(long.Parse(packets.Value, CultureInfo.InvariantCulture), 10_000, 150_000)); // all that came where nothing else runs
    }

    [Fact]
    public void The_loop_of_the_page_for_C_compiles()
    {
        PublishedLibrary.Require();
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["loop.c"], $$"""
            #include <err.h>
            #include <stdint.h>
            #include <pollscale.h>
            extern volatile int running;
            extern uint16_t port, queue;
            extern void *packets[32];
            int rte_eth_rx_burst(uint16_t, uint16_t, void **, uint16_t), rte_eth_rx_queue_count(uint16_t, uint16_t);
            void forward(void **, int), loop(void);
            void loop(void)
            {
            {{PageBlock.Read("docs/c.md").Single(block => block.Language == "c").Text}}
            }
            """);
        Assert.Equal("", Shell($"gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -I'{AppContext.BaseDirectory}' '{folder["loop.c"]}'"));
    }

    [Fact]
    public void The_man_page_has_each_setting()
    {
        Assert.SkipUnless(Checkout.Root is not null, "Only the compiled tests are here.");
        string page = File.ReadAllText(Path.Combine(Checkout.Root!, "Sdk.C/pollscale.3"));
        string settings = page[page.IndexOf(".Sh SETTINGS", StringComparison.Ordinal)..page.IndexOf(".Sh THREADS", StringComparison.Ordinal)];
        Assert.Equal(LcoreSettingList.List.All.Select(setting => setting.Name), settings.Split('\n').Where(line => line.StartsWith(".It Cm ", StringComparison.Ordinal)).Select(line => line[".It Cm ".Length..]));
        string transports = LcoreSettingList.List.Find("transport")!.Range(double.NaN);
        Assert.All(transports.Split(" | "), way => Assert.Contains(way, settings, StringComparison.Ordinal));
    }

    private static string Shell(string command)
    {
        (int status, string output, string error) = CCompiler.Run("sh", ["-c", command]);
        Assert.True(status == 0, $"{command}\n{output}{error}");
        return output;
    }
}
