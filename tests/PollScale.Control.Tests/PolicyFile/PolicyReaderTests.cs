using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using Xunit;

namespace PollScale.HostStub.Tests.PolicyFile;

public class PolicyReaderTests
{
    private static readonly string s_example = Path.Combine(AppContext.BaseDirectory, "examples", "policy.yaml");

    [Theory]
    [InlineData("shmem: {listen: /run/a}, hypercall: answered", nameof(HypercallMode.Answered))]
    [InlineData("shmem: {listen: /run/a}, hypercall: observed", nameof(HypercallMode.Observed))]
    [InlineData("shmem: {listen: /run/a}, hypercall: module", nameof(HypercallMode.Module))]
    [InlineData("shmem: {listen: /run/a, poll: true}, hypercall: module", nameof(HypercallMode.Module))]
    [InlineData("process: /run/a.pid, hypercall: module", nameof(HypercallMode.Module))]
    [InlineData("shmem: {listen: /run/a}", nameof(HypercallMode.None))]
    [InlineData("control: false", nameof(HypercallMode.None))]
    public void Hypercalls_are_observed_or_answered_where_the_guest_says_so(string fields, string mode) =>
        Assert.Equal(Enum.Parse<HypercallMode>(mode), PolicyReader.Parse(System.Text.Encoding.UTF8.GetBytes($"version: 1\nguests:\n  - {{name: a, {fields}, vcpus: [{{vcpu: 0, pcpu: 3}}]}}\n"), "p.yaml").Guests[0].Hypercall);

    [Fact]
    public void The_example_reads_as_it_says()
    {
        HostPolicy policy = PolicyReader.Load(s_example);
        GuestPolicy forwarder = policy.Find("forwarder")!, firewall = policy.Find("firewall")!, observer = policy.Find("observer")!;

        Assert.Equal(["forwarder", "firewall", "gateway", "observer"], policy.Guests.Select(g => g.Name));
        Assert.Equal((true, true, false), (forwarder.Control, firewall.Control, observer.Control));
        Assert.Equal((PStateChoiceKind.Index, 0u), (forwarder.Fastest.Kind, forwarder.Fastest.Value));
        Assert.Equal((PStateChoiceKind.Frequency, 1_200_000u), (forwarder.Slowest.Kind, forwarder.Slowest.Value));
        Assert.Equal((PStateChoiceKind.Frequency, 2_600_000u), (firewall.Fastest.Kind, firewall.Fastest.Value));
        Assert.Equal((20_000, 200, 5000, 50), (forwarder.CallsPerSecond, forwarder.Burst, firewall.CallsPerSecond, firewall.Burst));
        Assert.Equal((null, TimeSpan.FromSeconds(30)), (forwarder.Silence, firewall.Silence));
        Assert.Equal("/run/qemu/forwarder.pid", forwarder.Process);
        Assert.Equal([(0, 3), (1, 4)], forwarder.Vcpus.Select(v => (v.Vcpu, v.Pcpu)));
        Assert.Equal(new ChannelPolicy(ChannelMode.Connect, "/run/qemu/forwarder.poweragent.1"), forwarder.Vcpus[1].Channel);
        Assert.Equal(new ChannelPolicy(ChannelMode.Listen, "/run/pollscale/firewall.0"), firewall.Vcpus[0].Channel);
        Assert.Equal(("/run/pollscale/gateway.shmem", false), (policy.Guests[2].Shmem!.Path, policy.Guests[2].Shmem!.Polls));
        Assert.Equal(new ChannelPolicy(ChannelMode.Debugcon, "/run/pollscale/gateway.acpi.1"), policy.Guests[2].Vcpus[1].Channel);
        Assert.Equal([3, 4, 5, 6], policy.Pcpus.Select(p => p.Pcpu));
        Assert.Equal(PStateChoiceKind.Keep, policy.Pcpus[3].Rest.Kind);
        Assert.Equal(PStateChoiceKind.Keep, policy.DefaultRest.Kind);
    }

    [Fact]
    public void A_vcpu_may_ask_through_a_debug_port_beside_its_guest_s_shared_page()
    {
        GuestPolicy guest = PolicyReader.Parse("version: 1\nguests:\n  - {name: a, shmem: {listen: /run/a}, vcpus: [{vcpu: 7, pcpu: 3, channel: {debugcon: /run/d7}}]}\n"u8, "p.yaml").Guests[0];

        Assert.Equal((new ChannelPolicy(ChannelMode.Debugcon, "/run/d7"), false, "/run/a"), (guest.Vcpus[0].Channel, guest.Vcpus[0].Channel!.IsGuestChannel, guest.Shmem!.Path));
    }

    [Theory]
    [InlineData("", "p.yaml: empty; a policy file begins with version: 1")]
    [InlineData("guests: []\n", "p.yaml:1:1: version is missing; add for example version: 1")]
    [InlineData("version: 2\n", "p.yaml:1:10: version is '2'; it takes 1, the only version there is")]
    [InlineData("- a\n", "p.yaml:1:1: a policy file is a list; it is a mapping with the keys version, defaults, guests, pcpus")]
    [InlineData("version: 1\nguest: []\n", "p.yaml:2:1: unknown key guest in a policy file; did you mean guests? Allowed: version, defaults, guests, pcpus")]
    [InlineData("version: 1\nwholly-else: []\n", "p.yaml:2:1: unknown key wholly-else in a policy file; Allowed: version, defaults, guests, pcpus")]
    [InlineData("version: 1\nversion: 1\n", "p.yaml:2:1: version is given twice in a policy file; the first is on line 1: keep one")]
    [InlineData("version: 1\nguests: {}\n", "p.yaml:2:9: guests is a mapping; it is a list, each item on a line that begins with -")]
    [InlineData("version: 1\nguests:\n", "p.yaml:2:8: guests is empty; it is a list, each item on a line that begins with -")]
    [InlineData("version: 1\nguests:\n  - control: true\n", "p.yaml:3:5: name is missing; add for example name: forwarder")]
    [InlineData("version: 1\nguests:\n  - {name: a}\n  - {name: a}\n", "p.yaml:4:12: a second guest named a; the first is on line 3: each name is given once")]
    [InlineData("version: 1\nguests:\n  - name: a\n    control: yes\n", "p.yaml:4:14: control is 'yes'; it takes true or false")]
    [InlineData("version: 1\nguests:\n  - name: a\n    fastest: quick\n", "p.yaml:4:14: fastest is 'quick'; it takes a P-state index from 0 (the fastest) to 63, or a frequency such as 2.4GHz or 2400 MHz")]
    [InlineData("version: 1\nguests:\n  - name: a\n    fastest: 64\n", "p.yaml:4:14: fastest is '64'; it takes a P-state index from 0 (the fastest) to 63, or a frequency such as 2.4GHz or 2400 MHz")]
    [InlineData("version: 1\nguests:\n  - name: a\n    fastest: 3\n    slowest: 2\n", "p.yaml:5:14: slowest: 2 is faster than fastest: 3; 0 is the fastest P-state, so slowest must not be below fastest")]
    [InlineData("version: 1\nguests:\n  - name: a\n    fastest: 1GHz\n    slowest: 1200MHz\n", "p.yaml:5:14: slowest: 1200 MHz is faster than fastest: 1000 MHz; exchange them")]
    [InlineData("version: 1\nguests:\n  - name: a\n    budget: {calls-per-second: 0}\n", "p.yaml:4:32: calls-per-second is '0'; it takes a whole number from 1 to 100000000")]
    [InlineData("version: 1\nguests:\n  - name: a\n    budget: {rate: 5}\n", "p.yaml:4:14: unknown key rate in a budget; Allowed: calls-per-second, burst")]
    [InlineData("version: 1\nguests:\n  - name: a\n    silence: 5\n", "p.yaml:4:14: silence is '5'; it takes a time with its unit such as 500ms, 5s or 2m (100ms to 24h)")]
    [InlineData("version: 1\nguests:\n  - name: a\n    process: qemu.pid\n", "p.yaml:4:14: process is 'qemu.pid'; it takes a process id, or the absolute path of a file that holds it")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: [3, 4]}\n", "p.yaml:5:25: pcpu is a list; it takes a whole number from 0 to 1023: a vCPU is pinned to exactly one pCPU")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0}\n", "p.yaml:5:9: pcpu is missing; add for example pcpu: 3")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: 3}\n      - {vcpu: 0, pcpu: 4}\n", "p.yaml:6:25: vCPU 0 is given twice; the first is on line 5: keep one")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: 3, channel: {connect: /a, listen: /b}}\n", "p.yaml:5:37: a channel has either connect: PATH (QEMU listens), listen: PATH (QEMU connects) or debugcon: PATH (ACPI P-states, QEMU listens)")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: 3, channel: {debugcon: /a, listen: /b}}\n", "p.yaml:5:37: a channel has either connect: PATH (QEMU listens), listen: PATH (QEMU connects) or debugcon: PATH (ACPI P-states, QEMU listens)")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: 3, channel: {debugcon: d0}}\n", "p.yaml:5:48: debugcon is 'd0'; it takes the absolute path of a unix socket, at most 107 bytes")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: 3, channel: {debugcon: /a}}\n      - {vcpu: 1, pcpu: 4, channel: {debugcon: /a}}\n", "p.yaml:6:48: the channel /a is given twice; the first is on line 5: each vCPU has a channel of its own")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: 3, channel: {connect: a}}\n", "p.yaml:5:47: connect is 'a'; it takes the absolute path of a unix socket, at most 107 bytes")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: 3, channel: {connect: /a}}\n      - {vcpu: 1, pcpu: 4, channel: {listen: /a}}\n", "p.yaml:6:46: the channel /a is given twice; the first is on line 5: each vCPU has a channel of its own")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: /a\n", "p.yaml:4:12: shmem is '/a'; it is a mapping with the keys listen, poll")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {poll: true}\n", "p.yaml:4:12: listen is missing; add for example listen: /run/pollscale/forwarder.shmem")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {listen: a}\n", "p.yaml:4:21: listen is 'a'; it takes the absolute path of a unix socket, at most 107 bytes")]
    [InlineData("version: 1\nguests:\n  - name: a\n    hypercall: answered\n", "p.yaml:4:16: hypercall: answered without shmem: the instruction only rings, the request stands in the shared page; give the guest shmem: {listen: PATH}")]
    [InlineData("version: 1\nguests:\n  - name: a\n    hypercall: observed\n", "p.yaml:4:16: hypercall: observed without shmem: the instruction only rings, the request stands in the shared page; give the guest shmem: {listen: PATH}")]
    [InlineData("version: 1\nguests:\n  - name: a\n    hypercall: module\n", "p.yaml:4:16: hypercall: module without process: or shmem: the module answers threads of the VM's process, which nothing tells; give the guest process: PATH (QEMU's pid file), or shmem: {listen: PATH}")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {listen: /a, poll: true}\n    hypercall: observed\n", "p.yaml:5:16: hypercall: observed with shmem: {poll: true}: a page that is looked at all the time is rung by nobody; leave one of the two out")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {listen: /a}\n    hypercall: seen\n", "p.yaml:5:16: hypercall is 'seen'; it takes observed, answered or module")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {listen: /a}\n    hypercall: [observed]\n", "p.yaml:5:16: hypercall is a list; it takes observed, answered or module")]
    [InlineData("version: 1\ndefaults: {hypercall: observed}\n", "p.yaml:2:12: unknown key hypercall in defaults; Allowed: fastest, slowest, budget, queries, silence, rest")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {listen: /a, poll: often}\n", "p.yaml:4:31: poll is 'often'; it takes true or false")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {listen: /a}\n    vcpus:\n      - {vcpu: 0, pcpu: 3, channel: {connect: /a}}\n", "p.yaml:6:47: the channel /a is given twice; the first is on line 4: each vCPU has a channel of its own")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {listen: /a}\n    vcpus:\n      - {vcpu: 0, pcpu: 3, apic-id: 1}\n      - {vcpu: 1, pcpu: 4}\n", "p.yaml:7:25: vCPUs 0 and 1 have the x2APIC id 1: give each its own by apic-id, as /proc/cpuinfo of the guest tells it (without one it is the vCPU's number)")]
    [InlineData("version: 1\nguests:\n  - name: a\n    shmem: {listen: /a}\n    vcpus:\n      - {vcpu: 224, pcpu: 3}\n", "p.yaml:6:27: vCPU 224: shmem has room for vCPUs 0 to 223")]
    [InlineData("version: 1\nguests:\n  - name: a\n    vcpus:\n      - {vcpu: 0, pcpu: 3, apic-id: -1}\n", "p.yaml:5:37: apic-id is '-1'; it takes a whole number from 0 to 2147483647")]
    [InlineData("version: 1\npcpus:\n  - {pcpu: 3-5, rest: keep}\n  - {pcpu: [5], rest: 0}\n", "p.yaml:4:12: pCPU 5 is given twice; the first is on line 3: keep one")]
    [InlineData("version: 1\npcpus:\n  - {pcpu: 3, rest: slow}\n", "p.yaml:3:21: rest is 'slow'; it takes a P-state index from 0 (the fastest) to 63, or a frequency such as 2.4GHz or 2400 MHz, or keep")]
    [InlineData("version: 1\npcpus:\n  - {pcpu: 2000, rest: 1}\n", "p.yaml:3:12: pcpu is '2000'; it takes pCPU numbers from 0 to 1023 such as 3, 4-7 or [8, 9]")]
    [InlineData("version: 1\ndefaults: {control: true}\n", "p.yaml:2:12: control is no default; it is given to each guest by its name")]
    [InlineData("version: 1\ndefaults: &a {}\n", "p.yaml:2:11: an anchor (&); write the value where it is used")]
    [InlineData("version: 1\ndefaults: *a\n", "p.yaml:2:11: an alias (*); write the value out")]
    [InlineData("version: !!int 1\n", "p.yaml:1:10: a tag (!); a policy needs none")]
    [InlineData("version: 1\n---\nversion: 1\n", "p.yaml:2:1: a second document; a policy file is one document: remove the --- line")]
    [InlineData("version: 1\n? [a]\n: 1\n", "p.yaml:2:3: a list as a key; a key is a word")]
    public void An_error_has_its_place_and_says_what_is_allowed(string yaml, string message) =>
        Assert.Equal(message, Assert.Throws<PolicyException>(() => Parse(yaml)).Message);

    [Fact]
    public void All_errors_are_reported_in_the_order_of_the_file()
    {
        PolicyException e = Assert.Throws<PolicyException>(() => Parse("pcpus: 1\nguests:\n  - name: a\n    queries: 1\n    burst: 2\n  - {}\nversion: 7\n"));

        Assert.Equal([(1, 8), (4, 14), (5, 5), (6, 5), (7, 10)], e.Errors.Select(error => (error.At.Line, error.At.Column)));
        Assert.Equal(5, e.Message.Split('\n').Length);
    }

    [Theory]
    [InlineData("version: [1\n")]
    [InlineData("version: 1\n\tguests: []\n")]
    [InlineData("%YAML 99999999999999999999.1\n---\nversion: 1\n")]
    public void What_is_not_YAML_is_said_to_be_none(string yaml) =>
        Assert.Matches(@"^p\.yaml(:\d+:\d+)?: not valid YAML: ", Assert.Throws<PolicyException>(() => Parse(yaml)).Message);

    [Fact]
    public void Bombs_and_garbage_are_refused()
    {
        string laughs = "version: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";

        Assert.Contains("nested deeper than 12 levels", Assert.Throws<PolicyException>(() => Parse($"version: {new string('[', 500_000)}")).Message);
        Assert.Contains("an anchor", Assert.Throws<PolicyException>(() => Parse(laughs)).Message);
        Assert.Contains("longer than 1048576 bytes", Assert.Throws<PolicyException>(() => Parse(new string('#', PolicyReader.MaxBytes + 1))).Message);
        Assert.Contains("more than 100000 values", Assert.Throws<PolicyException>(() => Parse($"version: 1\nguests: [{string.Concat(Enumerable.Repeat("a,", 110_000))}]\n")).Message);
        Assert.Contains("not UTF-8", Assert.Throws<PolicyException>(() => PolicyReader.Parse([0xFF, 0xFE], "p.yaml")).Message);
        Assert.Contains("cannot be read", Assert.Throws<PolicyException>(() => PolicyReader.Load("/nonexistent/p.yaml")).Message);
        Assert.Contains("a device", Assert.Throws<PolicyException>(() => PolicyReader.Load("/dev/zero")).Message);
    }

    [Fact]
    public void Text_of_the_file_cannot_disturb_a_terminal()
    {
        PolicyException e = Assert.Throws<PolicyException>(() => Parse("version: \"\\e[2J\\u0007\"\n\"\\e[31mkey\": 1\n"));

        Assert.DoesNotContain(e.Message, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void Mutated_files_give_a_policy_or_a_policy_error()
    {
        byte[] seed = File.ReadAllBytes(s_example);
        string[] words = ["&a ", "*a", "[", "{", "}", "]", ": ", "- ", "!!x ", "|", ">", "%", "---\n", "\n", "\t", "\"", "'", "#", "? ", "1e999", "0x1", "~", "\u2028", "\0"];
        int policies = 0;
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            List<byte> file = [.. seed];
            for (int edits = random.Next(1, 6); edits > 0; edits--)
            {
                int at = random.Next(file.Count);
                switch (random.Next(5))
                {
                    case 0:
                        file[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        file.RemoveRange(at, Math.Min(random.Next(40), file.Count - at));
                        break;
                    case 2:
                        file.InsertRange(at, Encoding.UTF8.GetBytes(words[random.Next(words.Length)]));
                        break;
                    case 3:
                        int from = random.Next(file.Count);
                        file.InsertRange(at, file.GetRange(from, Math.Min(random.Next(60), file.Count - from)));
                        break;
                    default:
                        file.RemoveRange(at, file.Count - at);
                        break;
                }

                if (file.Count == 0)
                {
                    break;
                }
            }

            try
            {
                PolicyReader.Parse(file.ToArray(), "p.yaml");
                policies++;
            }
            catch (PolicyException e)
            {
                Assert.NotEmpty(e.Errors);
            }
        }

        Assert.InRange(policies, 100, 19_000); // both ways are taken
    }

    [Fact]
    public void Any_names_bounds_and_pins_read_back_as_written()
    {
        Prop.ForAll<(byte A, byte B, ushort Pcpu, bool Control)>(input =>
        {
            (byte a, byte b, ushort pCpu, bool control) = input;
            int fastest = Math.Min(a % 64, b % 64), slowest = Math.Max(a % 64, b % 64);
            HostPolicy policy = Parse($"version: 1\nguests:\n- name: g{a}\n  control: {(control ? "true" : "false")}\n  fastest: {fastest}\n  slowest: {slowest}.5MHz\n  vcpus: [{{vcpu: {b}, pcpu: {pCpu % 1024}}}]\n");
            GuestPolicy guest = policy.Guests.Single();
            return guest.Name == $"g{a}" && guest.Control == control && guest.Fastest.Value == fastest && guest.Slowest.Value == (slowest * 1000) + 500
                && guest.Vcpus.Single() is { Vcpu: int v, Pcpu: int p } && v == b && p == pCpu % 1024;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static HostPolicy Parse(string yaml) => PolicyReader.Parse(Encoding.UTF8.GetBytes(yaml), "p.yaml");
}
