using System.Text.Json;
using System.Text.RegularExpressions;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Packaging;

/// <summary>
/// What docs/kvm.md tells an operator to do, done: the Debian package installed, served by its unit's command, a VM of Debian's QEMU and kernel that asks and is granted. The VM is emulated, for
/// the KVM of few test machines boots one.
/// </summary>
public partial class KvmPageTests
{
    private const string Page = "docs/kvm.md", Qemu = "/usr/bin/qemu-system-x86_64", Kernel = "artifacts/lab/kernels/linux-image-6.12-cloud-amd64/boot";

    [Fact]
    public void The_first_VM_is_granted_what_the_policy_allows_and_is_on_record()
    {
        Assert.SkipUnless(Checkout.Root is not null && Directory.Exists(At("artifacts/debian")), "The packages are missing: HostStub/packaging/build makes them, and ./test runs it.");
        Assert.SkipUnless(File.Exists(Qemu) && File.Exists("/bin/busybox"), "QEMU or busybox is missing: ./test installs them for the lab.");
        Assert.SkipUnless(Directory.Exists(At(Kernel)), "Debian's kernel is missing: ./test fetches it for the lab.");
        Assert.SkipUnless(File.Exists(At("artifacts/publish/queuescaler/release_linux-x64/queuescaler")), "queuescaler is missing: ./test publishes it.");
        Assert.SkipUnless(Environment.ProcessorCount > 1, "There is no pCPU 1.");
        CopiedMachine.Require();
        PageBlock[] blocks = [.. PageBlock.Read(Page)];
        Assert.Equal(["sh", "sh", "sh", "sh", "text", "sh", "text", "sh cpufreq", "sh"], blocks.Select(block => $"{block.Language} {block.Mark}".Trim()));

        string told = CopiedMachine.Run($"""
            cp '{At(Kernel)}'/vmlinuz-* "/boot/vmlinuz-$(uname -r)"
            mkdir ~/clone
            cd ~/clone
            ln -s '{At("artifacts")}' .
            {Without(blocks[0], "HostStub/packaging/build\n")}
            {blocks[1].Text}
            {Without(blocks[2], "dotnet publish Samples/QueueScaler -c Release\n")}
            {blocks[3].Text.Replace("-accel kvm", "-accel tcg", StringComparison.Ordinal)}
            sleep 1 # as a reader takes longer, so that the end of the VM is on record
            {blocks[5].Text}
            {blocks[8].Text}
            """).Replace("\r", "", StringComparison.Ordinal); // a console's

        Assert.Contains("Usable for serve: guest channels, shared pages and ACPI P-states can be served.", told, StringComparison.Ordinal);
        Assert.Contains("/etc/pollscale/policy.yaml: 0 errors, ", told, StringComparison.Ordinal);
        Assert.Contains($"\n{blocks[4].Text}", told, StringComparison.Ordinal);
        string[] record = [.. told.Split('\n').Select(Shape)];
        Assert.All(blocks[6].Text.Trim().Split('\n'), line => Assert.Contains(Shape(line), record));
        JsonElement channel = JsonDocument.Parse(told.Split('\n').Last(line => line.StartsWith("{\"type\"", StringComparison.Ordinal))).RootElement.GetProperty("channels")[0];
        Assert.True(channel.GetProperty("acks").GetInt64() >= 3 && channel.GetProperty("nacks").GetInt64() == 0 && channel.GetProperty("latency_us").GetProperty("p50").GetDouble() > 0, channel.ToString());
        Assert.Matches("(?s)<shmem .*<server path='/run/pollscale/trial.shmem'/>", told);
        Assert.Contains("<vcpupin vcpu='0' cpuset='1'/>", told, StringComparison.Ordinal);
    }

    private static string At(string path) => Path.Combine(Checkout.Root ?? "/", path);

    // What ./test has done.
    private static string Without(PageBlock block, string done)
    {
        Assert.StartsWith(done, block.Text, StringComparison.Ordinal);
        return block.Text[done.Length..];
    }

    private static string Shape(string line) => Measured().Replace(line, "$1");

    [GeneratedRegex("""("time":|"latency_us":)("[^"]*"|[0-9.]+)""")]
    private static partial Regex Measured();
}
