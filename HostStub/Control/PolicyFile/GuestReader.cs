using PollScale.HostStub.Policy.Configuration;
using PollScale.Native;
using PollScale.Region;

namespace PollScale.HostStub.PolicyFile;

/// <summary>Reads the guests of a policy file.</summary>
internal sealed class GuestReader(ErrorList errors)
{
    /// <summary>Highest number of a vCPU or pCPU.</summary>
    public const int MostCpu = cpu_set_t.CPU_SETSIZE - 1;

    private static readonly (string Key, ChannelMode Mode)[] s_channels = [("connect", ChannelMode.Connect), ("listen", ChannelMode.Listen), ("debugcon", ChannelMode.Debugcon)];

    private readonly Dictionary<string, FilePosition> _names = [];
    private readonly Dictionary<string, FilePosition> _sockets = [];

    /// <summary>Keys that defaults may have too.</summary>
    public static IReadOnlyList<string> SharedKeys { get; } = ["fastest", "slowest", "budget", "queries", "silence"];

    /// <summary>Reads what guests and defaults have in common.</summary>
    public static GuestPolicy ReadShared(PolicyFields fields, GuestPolicy defaults)
    {
        GuestPolicy guest = defaults with
        {
            Fastest = fields.Read("fastest", defaults.Fastest, ScalarText.Bound),
            Slowest = fields.Read("slowest", defaults.Slowest, ScalarText.Bound),
            Queries = fields.Read("queries", defaults.Queries, ScalarText.Boolean),
            Silence = fields.Read("silence", defaults.Silence, ScalarText.Silence),
        };
        if (guest.Fastest is { Kind: PStateChoiceKind.Index } fastest && guest.Slowest is { Kind: PStateChoiceKind.Index } slowest && fastest.Value > slowest.Value)
        {
            fields.Errors.Add(slowest.At, $"slowest: {slowest.Value} is faster than fastest: {fastest.Value}; 0 is the fastest P-state, so slowest must not be below fastest");
        }
        else if (guest.Fastest is { Kind: PStateChoiceKind.Frequency } most && guest.Slowest is { Kind: PStateChoiceKind.Frequency } least && most.Value < least.Value)
        {
            fields.Errors.Add(least.At, $"slowest: {least} is faster than fastest: {most}; exchange them");
        }

        if (fields["budget"] is PolicyNode budget && PolicyFields.Of(budget, "a budget", ["calls-per-second", "burst"], fields.Errors) is PolicyFields parts)
        {
            guest = guest with
            {
                CallsPerSecond = parts.Read("calls-per-second", guest.CallsPerSecond, ScalarText.Integer(1, 100_000_000)),
                Burst = parts.Read("burst", guest.Burst, ScalarText.Integer(1, 1_000_000)),
            };
        }

        return guest;
    }

    /// <summary>Reads one guest; null when it has no usable name.</summary>
    public GuestPolicy? Read(PolicyNode node, GuestPolicy defaults)
    {
        if (PolicyFields.Of(node, "a guest", ["name", "control", .. SharedKeys, "process", "shmem", "hypercall", "vcpus"], errors) is not PolicyFields fields)
        {
            return null;
        }

        PolicyNode? named = fields.Require("name", "forwarder");
        string name = named is null ? "" : ReadName(named);
        if (name.Length > 0 && !_names.TryAdd(name, named!.At))
        {
            errors.Add(named.At, $"a second guest named {name}; the first is on line {_names[name].Line}: each name is given once");
        }

        GuestPolicy guest = ReadShared(fields, defaults) with
        {
            Name = name,
            At = fields.At,
            Control = fields.Read("control", false, ScalarText.Boolean),
            Process = fields.Read("process", null, (ScalarReader<string?>)ScalarText.Process),
            Shmem = fields["shmem"] is PolicyNode shmem ? ReadShmem(shmem) : null,
        };
        if (fields["hypercall"] is PolicyNode hypercall)
        {
            guest = guest with { Hypercall = ReadHypercall(hypercall, fields, guest.Shmem?.Polls == true) };
        }

        List<VcpuPolicy> vcpus = [];
        foreach (PolicyNode item in fields.List("vcpus"))
        {
            if (ReadVcpu(item) is VcpuPolicy vcpu)
            {
                if (vcpus.FirstOrDefault(v => v.Vcpu == vcpu.Vcpu) is VcpuPolicy first)
                {
                    errors.Add(vcpu.At, $"vCPU {vcpu.Vcpu} is given twice; the first is on line {first.At.Line}: keep one");
                }

                vcpus.Add(vcpu);
            }
        }

        if (guest.Shmem is not null)
        {
            CheckApicIds(vcpus);
        }

        return guest with { Vcpus = vcpus };
    }

    private string ReadName(PolicyNode node)
    {
        if (node is PolicyNode.Scalar { IsPlain: true, Text: { Length: > 0 } text } && PlainWord.Meaning(text) is string meaning)
        {
            errors.Add(node.At, $"name is {PolicyNode.Shown(text)}, which YAML takes for {meaning}; a guest of that name is written in quotes: name: \"{PolicyNode.Shown(text)}\"");
            return "";
        }

        return PolicyFields.Read(node, "name", "", ScalarText.Name, errors);
    }

    private VcpuPolicy? ReadVcpu(PolicyNode node)
    {
        if (PolicyFields.Of(node, "a vCPU", ["vcpu", "pcpu", "apic-id", "channel"], errors) is not PolicyFields fields)
        {
            return null;
        }

        PolicyNode? number = fields.Require("vcpu", "0"), pinned = fields.Require("pcpu", "3");
        int vcpu = number is null ? -1 : PolicyFields.Read(number, "vcpu", -1, ScalarText.Integer(0, MostCpu), errors);
        int pCpu = pinned is null ? -1 : PolicyFields.Read(pinned, "pcpu", -1, Pinned, errors);
        ChannelPolicy? channel = fields["channel"] is PolicyNode node2 ? ReadChannel(node2) : null;
        long apicId = fields["apic-id"] is PolicyNode id ? PolicyFields.Read(id, "apic-id", -1, ScalarText.Integer(0, int.MaxValue), errors) : -1;
        return vcpu < 0 || pCpu < 0 ? null : new VcpuPolicy { Vcpu = vcpu, Pcpu = pCpu, Channel = channel, ApicId = apicId < 0 ? null : (uint)apicId, At = pinned!.At };
    }

    private ShmemPolicy? ReadShmem(PolicyNode node)
    {
        if (PolicyFields.Of(node, "shmem", ["listen", "poll"], errors) is not PolicyFields fields || fields.Require("listen", "/run/pollscale/forwarder.shmem") is not PolicyNode listen)
        {
            return null;
        }

        string path = PolicyFields.Read(listen, "listen", "", ScalarText.SocketPath, errors);
        return ReadOnce(path, listen) ? new ShmemPolicy(path, fields.Read("poll", false, ScalarText.Boolean), listen.At) : null;
    }

    private HypercallMode ReadHypercall(PolicyNode node, PolicyFields fields, bool polls)
    {
        HypercallMode mode = PolicyFields.Read(node, "hypercall", HypercallMode.None, (ScalarReader<HypercallMode>)ScalarText.Hypercall, errors);
        bool shares = fields["shmem"] is not null;
        string? why = mode == HypercallMode.None ? null
            : mode == HypercallMode.Module
                ? shares || fields["process"] is not null ? null : "without process: or shmem: the module answers threads of the VM's process, which nothing tells; give the guest process: PATH (QEMU's pid file), or shmem: {listen: PATH}"
            : !shares ? "without shmem: the instruction only rings, the request stands in the shared page; give the guest shmem: {listen: PATH}"
            : polls ? "with shmem: {poll: true}: a page that is looked at all the time is rung by nobody; leave one of the two out"
            : null;
        if (why is not null)
        {
            errors.Add(node.At, $"hypercall: {(node as PolicyNode.Scalar)?.Text} {why}");
        }

        return mode;
    }

    private void CheckApicIds(List<VcpuPolicy> vcpus)
    {
        Dictionary<uint, VcpuPolicy> taken = [];
        foreach (VcpuPolicy vcpu in vcpus)
        {
            if (vcpu.Vcpu >= RegionLayout.MaxVcpus)
            {
                errors.Add(vcpu.At, $"vCPU {vcpu.Vcpu}: shmem has room for vCPUs 0 to {RegionLayout.MaxVcpus - 1}");
            }
            else if (!taken.TryAdd(vcpu.X2ApicId, vcpu) && taken[vcpu.X2ApicId].Vcpu != vcpu.Vcpu)
            {
                errors.Add(vcpu.At, $"vCPUs {taken[vcpu.X2ApicId].Vcpu} and {vcpu.Vcpu} have the x2APIC id {vcpu.X2ApicId}: give each its own by apic-id, as /proc/cpuinfo of the guest tells it (without one it is the vCPU's number)");
            }
        }
    }

    private static string? Pinned(string text, FilePosition at, out int value) =>
        ScalarText.Integer(0, MostCpu)(text, at, out value) is string expected ? $"{expected}: a vCPU is pinned to exactly one pCPU" : null;

    private ChannelPolicy? ReadChannel(PolicyNode node)
    {
        if (PolicyFields.Of(node, "a channel", [.. s_channels.Select(kind => kind.Key)], errors) is not PolicyFields fields)
        {
            return null;
        }

        (string Key, ChannelMode Mode)[] given = [.. s_channels.Where(kind => fields[kind.Key] is not null)];
        if (given.Length != 1)
        {
            errors.Add(fields.At, "a channel has either connect: PATH (QEMU listens), listen: PATH (QEMU connects) or debugcon: PATH (ACPI P-states, QEMU listens)");
            return null;
        }

        PolicyNode at = fields[given[0].Key]!;
        string path = PolicyFields.Read(at, given[0].Key, "", ScalarText.SocketPath, errors);
        ReadOnce(path, at);
        return path.Length == 0 ? null : new ChannelPolicy(given[0].Mode, path);
    }

    private bool ReadOnce(string path, PolicyNode at)
    {
        if (path.Length > 0 && !_sockets.TryAdd(path, at.At))
        {
            errors.Add(at.At, $"the channel {PolicyNode.Shown(path)} is given twice; the first is on line {_sockets[path].Line}: each vCPU has a channel of its own");
        }

        return path.Length > 0;
    }
}
