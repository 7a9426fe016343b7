using System.Diagnostics;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Packaging;

/// <summary>The Debian packages that HostStub/packaging/build made: ./test does so before.</summary>
public class DebianPackagesTests
{
    private static readonly string s_folder = Path.Combine(Checkout.Root ?? "/", "artifacts/debian");

    [Fact]
    public void Lintian_has_nothing_to_say_of_them()
    {
        Require("/usr/bin/lintian");
        string root = Environment.IsPrivilegedProcess ? "--allow-root" : "";
        Assert.Equal("", Run($"lintian {root} --tag-display-limit 0 {s_folder}/*.deb"));
    }

    [Fact]
    public void They_are_installed_used_and_removed_in_a_minimal_Debian()
    {
        Require("/usr/sbin/debootstrap");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "A new root needs root.");
        string told = Run($"{Checkout.Root}/HostStub/packaging/try {s_folder}");

        Assert.Matches("^installed: hoststub [0-9.]+\nthe example policy is right\nserves a guest channel\n[0-9]+ packets in .* [1-9][0-9]* changes of frequency asked for\n[0-9]+ packets in .*\nWould have saved .*\nremoved\n$", told);
    }

    [Theory]
    [InlineData("linux-headers-6.12-cloud-amd64")]
    [InlineData("linux-headers-cloud-amd64")]
    public void DKMS_builds_the_module_from_its_package(string headers)
    {
        Require("/usr/sbin/dkms");
        string unpacked = Path.Combine(Checkout.Root!, "artifacts/lab/headers", headers, "usr/src");
        Assert.SkipUnless(Directory.Exists(unpacked), $"The headers of {headers} are missing: ./test fetches them for the lab.");
        string kernel = Directory.GetDirectories(unpacked, "linux-headers-*-amd64").Single();
        string release = Path.GetFileName(kernel)["linux-headers-".Length..];
        using TemporaryFolder folder = new();
        _ = Run($"mkdir {folder["tree"]} {folder["installed"]} && dpkg-deb -x {s_folder}/pollscale-kvm-dkms_*.deb {folder["package"]}");
        _ = Run($"dkms build -m pollscale_kvm -v 1 -k {release} --kernelsourcedir {kernel} --sourcetree {folder["package"]}/usr/src --dkmstree {folder["tree"]} --installtree {folder["installed"]} 2>&1");

        Assert.Single(Directory.GetFiles(folder["tree"], "pollscale_kvm.ko*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_the_service_writes_to_and_the_examples_are_in_hoststubs_package()
    {
        Require("/usr/bin/dpkg-deb");
        string listed = Run($"dpkg-deb -c {s_folder}/hoststub_*.deb");

        Assert.All(
            ["./lib/systemd/system/hoststub.service", "./usr/lib/tmpfiles.d/hoststub.conf", "./lib/udev/rules.d/60-hoststub.rules", "./etc/pollscale/", "examples/policy.yaml", "examples/idle-states.json", "examples/cpufreq.conf", "examples/metrics.conf", "examples/alerts.yaml", "examples/dashboard.json", "man1/hoststub-serve.1.gz", "man1/hoststub-status.1.gz", "man1/hoststub-top.1.gz", "man1/hoststub-set.1.gz", "hoststub/policy.schema.json", "examples/logrotate", "completions/hoststub"],
            file => Assert.Contains(file, listed, StringComparison.Ordinal));
        Assert.Matches("-> ../lib/hoststub/hoststub\n", listed);
    }

    private static void Require(string program)
    {
        Assert.SkipUnless(Checkout.Root is not null && Directory.Exists(s_folder), "The packages are missing: HostStub/packaging/build makes them, and ./test runs it.");
        Assert.SkipUnless(File.Exists(program), $"{program} is missing: ./test installs it.");
    }

    private static string Run(string command)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = shell.StandardError.ReadToEndAsync();
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, $"{command} ended with {shell.ExitCode}\n{output}{error.Result}");
        return output;
    }
}
