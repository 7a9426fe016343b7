using System.Text.Json;
using System.Xml.Linq;
using PollScale.HostStub.Channels.Acpi.Tables;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.HostStub.Tests.Guests;

public sealed class GuestCommandTests : IDisposable
{
    private readonly GuestLab _lab = new(more: "    shmem: {listen: /run/pollscale/a.shmem}");

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void The_table_has_the_p_states_of_the_policy_on_this_machine()
    {
        (int code, string output, string error) = _lab.Run("--acpi-table", _lab.At("t.aml"));

        PStateTable table = PollScale.HostStub.Frequency.PStateFile.Default().ToTable(1, 4);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(GuestPStates.Ssdt([(0, table)]), File.ReadAllBytes(_lab.At("t.aml")));
        Assert.StartsWith($"{_lab.At("t.aml")}: vCPU 0 at port 0x5650, 4 P-states, 2900 to 2600 MHz\n", output, StringComparison.Ordinal);
        Assert.Equal(["policy.yaml", "t.aml"], Directory.GetFiles(_lab.At("")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_table_has_the_real_clock_s_p_states_where_serve_sets_that()
    {
        CpufreqFixture fixture = CpufreqFixture.Load("haswell-acpi-cpufreq");
        fixture.WriteTo(_lab.At("cpu"));
        int cpu = new PollScale.Cpufreq.CpufreqTree(_lab.At("cpu")).Read(0).OnlineCpus[0];
        using GuestLab lab = new($"      - {{vcpu: 0, pcpu: {cpu}, channel: {{debugcon: /run/d0}}}}");

        (int code, string output, _) = lab.Run("--acpi-table", lab.At("t.aml"), "--frequency", "cpufreq", "--cpufreq-root", _lab.At("cpu"));

        uint[] kHz = [.. PollScale.Cpufreq.CpufreqPStates.Build(new PollScale.Cpufreq.CpufreqTree(_lab.At("cpu")).Read(0)).KHz];
        Assert.Equal(0, code);
        Assert.Contains($", 4 P-states, {kHz[1] / 1000} to {kHz[4] / 1000} MHz", output, StringComparison.Ordinal);
        Assert.Contains("this machine's clock", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Xml_is_well_formed_and_has_a_place_for_everything()
    {
        (int code, string output, _) = _lab.Run("--for", "libvirt", "--acpi-table", _lab.At("t.aml"));

        XElement domain = XDocument.Parse(output.Trim()).Root!;
        XNamespace qemu = "http://libvirt.org/schemas/domain/qemu/1.0";
        Assert.Equal(0, code);
        Assert.Equal([("0", "900"), ("1", "901"), ("3", "903")], domain.Element("cputune")!.Elements("vcpupin").Select(pin => (pin.Attribute("vcpu")!.Value, pin.Attribute("cpuset")!.Value)));
        Assert.NotNull(domain.Element("features")!.Element("acpi"));
        Assert.Equal("4", domain.Element("devices")!.Element("shmem")!.Element("msi")!.Attribute("vectors")!.Value);
        Assert.Equal(
            [("bind", $"{_lab.Folder}/c1", "virtio.serial.port.poweragent.1"), ("connect", $"{_lab.Folder}/l3", "virtio.serial.port.poweragent.3")],
            domain.Element("devices")!.Elements("channel").Select(channel => (channel.Element("source")!.Attribute("mode")!.Value, channel.Element("source")!.Attribute("path")!.Value, channel.Element("target")!.Attribute("name")!.Value)));
        Assert.Equal(
            ["-acpitable", $"file={_lab.At("t.aml")}", "-chardev", $"socket,id=pollscale-acpi0,path={_lab.Folder.Replace(",", ",,", StringComparison.Ordinal)}/d0,server=on,wait=off", "-device", "isa-debugcon,iobase=0x5650,chardev=pollscale-acpi0,readback=0xe9"],
            domain.Element(qemu + "commandline")!.Elements(qemu + "arg").Select(arg => arg.Attribute("value")!.Value));
        Assert.Contains("/run/libvirt/qemu/a guest.pid", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_same_parts()
    {
        (_, string text, _) = _lab.Run("--for", "qemu", "--acpi-table", _lab.At("t.aml"));
        (_, string output, _) = _lab.Run("--for", "qemu", "--acpi-table", _lab.At("t.aml"), "--json");

        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement root = json.RootElement;
        Assert.Equal(("ok", "qemu", 0x5650), (root.GetProperty("status").GetString(), root.GetProperty("for").GetString(), root.GetProperty("acpi_vcpus")[0].GetProperty("port").GetInt32()));
        Assert.Equal(
            text.Split('\n').Where(line => line.StartsWith('-')),
            root.GetProperty("parts").EnumerateArray().SelectMany(part => part.GetProperty("lines").EnumerateArray()).Select(line => line.GetString()));
    }

    [Fact]
    public void Without_a_table_it_says_what_is_wanting()
    {
        (int code, string output, _) = _lab.Run("--for", "qemu");

        Assert.Equal(0, code);
        Assert.Contains("# The ACPI table is wanting", output, StringComparison.Ordinal);
        Assert.DoesNotContain("-acpitable", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Say what to do: --for qemu or --for libvirt")]
    [InlineData("--for takes one of qemu, libvirt, not 'xen'", "--for", "xen")]
    [InlineData("--pstates needs --acpi-table FILE", "--for", "qemu", "--pstates", "/x.json")]
    [InlineData("--frequency needs --acpi-table FILE", "--for", "qemu", "--frequency", "cpufreq")]
    [InlineData("--cpufreq-root needs --frequency cpufreq or auto", "--acpi-table", "/tmp/x", "--cpufreq-root", "/x")]
    [InlineData("--pstates describes simulated cores", "--acpi-table", "/tmp/x", "--frequency", "cpufreq", "--pstates", "/x")]
    [InlineData("--acpi-table takes the path of a file to write, without colons", "--acpi-table", "/tmp/a:b")]
    [InlineData("--acpi-table takes the path of a file to write, without colons", "--acpi-table", "")]
    public void A_wrong_command_line_says_what_would_be_right(string complaint, params string[] arguments)
    {
        (int code, string output, string error) = _lab.Run(arguments);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains(complaint, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("      - {vcpu: 0, pcpu: 900, channel: {connect: /run/c0}}", "No vCPU of guest a guest asks through a debug port: give it channel: {debugcon: PATH}", 1)]
    [InlineData("      - {vcpu: 0, pcpu: 900}", "No vCPU of guest a guest asks through a debug port", 1)]
    public void A_guest_without_what_was_asked_for_is_refused(string vcpus, string complaint, int expected)
    {
        using GuestLab lab = new(vcpus);
        (int code, _, string error) = lab.Run("--acpi-table", lab.At("t.aml"));

        Assert.Equal(expected, code);
        Assert.Contains(complaint, error, StringComparison.Ordinal);
        Assert.False(File.Exists(lab.At("t.aml")));
    }

    [Fact]
    public void A_guest_without_any_channel_has_nothing_to_add()
    {
        using GuestLab lab = new("      - {vcpu: 0, pcpu: 900}");
        (int code, _, string error) = lab.Run("--for", "libvirt");

        Assert.Equal(1, code);
        Assert.Contains("gives guest a guest neither shmem nor a channel", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libvirt", "<vcpupin vcpu='0' cpuset='900'/>")]
    [InlineData("qemu", "debug-threads=on")]
    public void Who_has_the_instruction_alone_needs_pinning_and_names(string manager, string what)
    {
        using GuestLab lab = new("      - {vcpu: 0, pcpu: 900}", "    hypercall: module");
        (int code, string output, string error) = lab.Run("--for", manager);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains(what, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_that_leave_one_p_state_are_told_with_their_place()
    {
        using GuestLab lab = new("      - {vcpu: 0, pcpu: 900, channel: {debugcon: /run/d0}}");
        File.WriteAllText(lab.Policy, File.ReadAllText(lab.Policy).Replace("slowest: 4", "slowest: 1", StringComparison.Ordinal));
        (int code, _, string error) = lab.Run("--acpi-table", lab.At("t.aml"));

        Assert.Equal(1, code);
        Assert.Matches(@"policy\.yaml:10:\d+: guest a guest: pCPU 900 leaves vCPU 0 one P-state, and Linux's acpi-cpufreq needs 2", error);
    }

    [Fact]
    public void A_pcpu_that_this_machine_lacks_is_the_machine_s_fault()
    {
        using GuestLab lab = new("      - {vcpu: 0, pcpu: 900, channel: {debugcon: /run/d0}}");
        Directory.CreateDirectory(lab.At("cpu/cpufreq"));
        (int code, _, string error) = lab.Run("--acpi-table", lab.At("t.aml"), "--frequency", "cpufreq", "--cpufreq-root", lab.At("cpu"));

        Assert.Equal(2, code);
        Assert.Contains("pCPU 900 cannot be used", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_cannot_be_written_leaves_the_former_one()
    {
        (int code, _, string error) = _lab.Run("--acpi-table", _lab.At("none/t.aml"));

        Assert.Equal(2, code);
        Assert.Contains("none/t.aml", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_that_the_policy_does_not_have_is_answered_with_those_it_has()
    {
        (int code, _, string error) = _lab.Run(["--for", "qemu", "--policy", _lab.Policy]);
        Assert.NotEqual(0, code); // twice --policy
        using GuestLab other = new(name: "other");
        StringWriter told = new();
        int refused = new PollScale.HostStub.Cli.HostStubCommand(_ => default, _ => default, _ => default, _ => default, _ => default, TextWriter.Null, told).Invoke(["guest", "nobody", "--policy", other.Policy, "--for", "qemu"]);

        Assert.Equal(1, refused);
        Assert.Contains("has no guest nobody; it has other.", told.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error);
    }
}
