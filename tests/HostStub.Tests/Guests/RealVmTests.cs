using System.Diagnostics;
using PollScale.Native;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Guests;

/// <summary>What `hoststub guest` tells, given to QEMU and to libvirt.</summary>
public sealed class RealVmTests
{
    private const string Qemu = "/usr/bin/qemu-system-x86_64", Virsh = "/usr/bin/virsh", Driver = "/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so";

    [Theory]
    [InlineData("pc")]
    [InlineData("q35")]
    public void QEMU_takes_the_arguments_and_what_its_port_is_written_reaches_the_policy(string machine)
    {
        Assert.SkipUnless(File.Exists(Qemu), "QEMU is missing: apt-get install qemu-system-x86.");
        using GuestLab lab = new(more: "    shmem: {listen: \"SOCKET\"}");
        File.WriteAllText(lab.Policy, File.ReadAllText(lab.Policy).Replace("SOCKET", $"{lab.Folder}/shmem", StringComparison.Ordinal).Replace("process:", "#", StringComparison.Ordinal)); // TCG has no thread for each vCPU to be pinned
        using ServeProcess serve = new("--policy", lab.Policy, "--audit", lab.At("audit.jsonl"));
        (int code, string output, string error) = lab.Run("--for", "qemu", "--acpi-table", lab.At("t, u.aml"));
        Assert.Equal((0, ""), (code, error));
        File.WriteAllText(lab.At("arguments"), output);

        // As --help says, but for the machine: its CPU stands still, and the monitor writes ports.
        string command = $"grep -v '^#' '{lab.At("arguments")}' | xargs {Qemu} -machine {machine} -accel tcg -S -monitor unix:{lab.At("monitor")} -nodefaults -display none -smp 4 2>'{lab.At("errors")}'";
        using StreamDescriptor listener = UnixSocket.Listen(lab.At("monitor"));
        using Process qemu = Process.Start(new ProcessStartInfo("sh", ["-c", command]))!;
        try
        {
            StreamDescriptor? monitor = null;
            ChannelLab.Until(() => qemu.HasExited || (monitor = UnixSocket.TryAccept(listener)) is not null, "QEMU does not start");
            Assert.True(monitor is not null, File.ReadAllText(lab.At("errors")));
            using StreamDescriptor input = monitor;
            UntilAllAreConnected(serve);
            ChannelLab.Write(input, "o/b 0x5650 0x83\n"u8);
            ChannelLab.Until(() => File.ReadAllText(lab.At("audit.jsonl")).Contains("\"vcpu\":0,\"pcpu\":900,\"asked\":\"set_p_state\",\"argument\":3,\"decided\":\"granted\"", StringComparison.Ordinal), "the byte is not obeyed");
            Assert.Equal("", File.ReadAllText(lab.At("errors")));
        }
        finally
        {
            qemu.Kill(entireProcessTree: true);
            qemu.WaitForExit();
        }
    }

    [Fact]
    public void Libvirt_makes_the_same_of_the_xml()
    {
        Assert.SkipUnless(File.Exists(Virsh) && File.Exists(Driver), "libvirt is missing: apt-get install libvirt-clients libvirt-daemon libvirt-daemon-driver-qemu.");
        Assert.SkipUnless(File.Exists(Qemu), "QEMU is missing: apt-get install qemu-system-x86.");
        using GuestLab lab = new(more: "    shmem: {listen: /run/pollscale/a.shmem}", name: "guest");
        (_, string xml, _) = lab.Run("--for", "libvirt", "--acpi-table", lab.At("t.aml"));
        string root = lab.At("virt");
        Directory.CreateDirectory(root);
        File.WriteAllText($"{root}/domain.xml", xml.Replace("type='kvm'", "type='qemu'", StringComparison.Ordinal).Replace(
            "  <cputune>",
            $"  <memory unit='MiB'>128</memory><vcpu>4</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>\n  <cputune>", StringComparison.Ordinal));
        Shell("chmod", "-R", "a+rwX", lab.At(""));

        // As root it wants a user that only the whole of libvirt brings.
        string[] asNobody = LibC.geteuid() == 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : [];
        (int code, string output) = GuestLab.Run("env", [.. asNobody, Virsh, "-c", $"qemu:///embed?root={root}", "domxml-to-native", "qemu-argv", $"{root}/domain.xml"],
            new Dictionary<string, string> { ["HOME"] = root, ["XDG_RUNTIME_DIR"] = root, ["XDG_CACHE_HOME"] = root, ["LC_ALL"] = "C" });

        Assert.True(code == 0, output);
        string flat = output.Replace("'", "", StringComparison.Ordinal);
        Assert.Contains("-name guest=guest,debug-threads=on", flat, StringComparison.Ordinal);
        Assert.DoesNotContain("-no-acpi", flat, StringComparison.Ordinal);
        Assert.Contains("""{"driver":"ivshmem-doorbell","id":"shmem0","chardev":"charshmem0","vectors":4,"ioeventfd":true""", flat, StringComparison.Ordinal);
        Assert.Contains("-chardev socket,id=charshmem0,path=/run/pollscale/a.shmem", flat, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"virtio.serial.port.poweragent.1\"", flat, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"virtio.serial.port.poweragent.3\"", flat, StringComparison.Ordinal);
        Assert.Contains("server=on,wait=off", flat, StringComparison.Ordinal);
        Assert.Contains("reconnect=1", flat, StringComparison.Ordinal);
        Assert.Contains($"-acpitable file={lab.At("t.aml")}", flat, StringComparison.Ordinal);
        Assert.Contains("-device isa-debugcon,iobase=0x5650,chardev=pollscale-acpi0,readback=0xe9", flat, StringComparison.Ordinal);
    }

    private static void Shell(string program, params string[] arguments) => PollScale.Tests.Shared.Shell.Run(program, arguments);

    // A notice comes with a change, and has every channel.
    private static void UntilAllAreConnected(ServeProcess serve)
    {
        while (serve.Next("notice").GetProperty("channels").EnumerateArray().Any(channel => !channel.GetProperty("connected").GetBoolean()))
        {
        }
    }
}
