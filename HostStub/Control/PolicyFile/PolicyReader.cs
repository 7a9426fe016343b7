using System.Text;
using PollScale.Placement;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Native;

namespace PollScale.HostStub.PolicyFile;

/// <summary>Reads policy files: YAML, every key checked, unknown and repeated ones refused, all errors of a file found at once.</summary>
internal static class PolicyReader
{
    /// <summary>Longest file, bytes.</summary>
    public const int MaxBytes = 1 << 20;

    private const int Version = 1;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file; a FIFO, a device or a folder is refused at once, and so is a file that others may write.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trust">Who may have a hand in it: <see cref="FileTrust.OnlyUs"/> where it gives control of real frequencies.</param>
    /// <exception cref="PolicyException">The file cannot be read or breaks a rule.</exception>
    public static HostPolicy Load(string path, FileTrust trust = FileTrust.NotEverybody)
    {
        byte[] bytes;
        try
        {
            bytes = SafeFile.Read(path, MaxBytes, trust);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Error(path, $"cannot be read: {e.Message}{(IsDescriptor(path) ? " A policy is read again later, which a pipe or standard input cannot be: write it to a file." : "")}");
        }

        return Parse(bytes, path);
    }

    /// <summary>Parses the bytes of a file.</summary>
    /// <param name="utf8">UTF-8 YAML, a byte order mark allowed.</param>
    /// <param name="origin">Name for messages.</param>
    /// <exception cref="PolicyException">The text breaks a rule.</exception>
    public static HostPolicy Parse(ReadOnlySpan<byte> utf8, string origin)
    {
        if (utf8.Length > MaxBytes)
        {
            throw Error(origin, $"longer than {MaxBytes} bytes; a policy of 1000 guests is not half as long");
        }

        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        string text;
        try
        {
            text = s_utf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw Error(origin, "not UTF-8 text; a policy file is YAML in UTF-8");
        }

        return Read(PolicyTree.Parse(text, origin) ?? throw Error(origin, "empty; a policy file begins with version: 1"), origin);
    }

    /// <summary>Who may have a hand in a policy file: root and this user alone where it may give control of real frequencies; else whoever owns it, but not every user.</summary>
    public static FileTrust TrustFor(bool isReal) => isReal ? FileTrust.OnlyUs : FileTrust.NotEverybody;

    private static bool IsDescriptor(string path) => path is "-" or "/dev/stdin" || path.StartsWith("/dev/fd/", StringComparison.Ordinal) || path.StartsWith("/proc/self/fd/", StringComparison.Ordinal);

    private static PolicyException Error(string origin, string text) => new(origin, [new PolicyError(default, text)]);

    private static HostPolicy Read(PolicyNode root, string origin)
    {
        ErrorList errors = new();
        HostPolicy policy = new() { Origin = origin };
        if (PolicyFields.Of(root, "a policy file", ["version", "defaults", "guests", "pcpus"], errors) is PolicyFields fields)
        {
            if (fields.Require("version", "1") is PolicyNode version)
            {
                PolicyFields.Read(version, "version", Version, (string text, FilePosition _, out int value) =>
                {
                    value = Version;
                    return text == "1" ? null : "1, the only version there is";
                }, errors);
            }

            GuestPolicy defaults = new() { Name = "" };
            if (fields["defaults"] is PolicyNode node && ReadDefaults(node, errors) is (GuestPolicy shared, PStateChoice rest))
            {
                defaults = shared;
                policy = policy with { DefaultRest = rest };
            }

            GuestReader guests = new(errors);
            policy = policy with
            {
                Guests = [.. fields.List("guests").Select(item => guests.Read(item, defaults)).OfType<GuestPolicy>()],
                Pcpus = ReadPcpus(fields.List("pcpus"), errors),
            };
        }

        errors.ThrowIfAny(origin);
        return policy;
    }

    private static (GuestPolicy Shared, PStateChoice AtRest)? ReadDefaults(PolicyNode node, ErrorList errors)
    {
        if (node is PolicyNode.Mapping mapping && mapping.Entries.FirstOrDefault(e => e.Key.Text == "control").Key is PolicyNode.Scalar control)
        {
            errors.Add(control.At, "control is no default; it is given to each guest by its name");
            node = mapping with { Entries = [.. mapping.Entries.Where(e => e.Key.Text != "control")] };
        }

        return PolicyFields.Of(node, "defaults", [.. GuestReader.SharedKeys, "rest"], errors) is PolicyFields fields
            ? (GuestReader.ReadShared(fields, new GuestPolicy { Name = "" }), fields.Read("rest", default, (ScalarReader<PStateChoice>)ScalarText.Rest))
            : null;
    }

    private static List<PcpuPolicy> ReadPcpus(IReadOnlyList<PolicyNode> items, ErrorList errors)
    {
        Dictionary<int, PcpuPolicy> found = [];
        foreach (PolicyNode item in items)
        {
            if (PolicyFields.Of(item, "a pCPU", ["pcpu", "rest"], errors) is not PolicyFields fields)
            {
                continue;
            }

            PolicyNode? which = fields.Require("pcpu", "3"), rested = fields.Require("rest", "keep");
            PStateChoice rest = rested is null ? default : PolicyFields.Read(rested, "rest", default, (ScalarReader<PStateChoice>)ScalarText.Rest, errors);
            foreach (int pCpu in which is null ? [] : ReadList(which, errors))
            {
                if (!found.TryAdd(pCpu, new PcpuPolicy(pCpu, rest, which!.At)))
                {
                    errors.Add(which.At, $"pCPU {pCpu} is given twice; the first is on line {found[pCpu].At.Line}: keep one");
                }
            }
        }

        return [.. found.Values];
    }

    private static IEnumerable<int> ReadList(PolicyNode node, ErrorList errors) => node is PolicyNode.Sequence list
        ? list.Items.SelectMany(item => ReadOne(item, errors))
        : ReadOne(node, errors);

    private static IReadOnlyList<int> ReadOne(PolicyNode node, ErrorList errors) => PolicyFields.Read<IReadOnlyList<int>>(
        node,
        "pcpu",
        [],
        (string text, FilePosition _, out IReadOnlyList<int> cpus) =>
            CpuList.TryParse(text, GuestReader.MostCpu, out cpus) ? null : $"pCPU numbers from 0 to {GuestReader.MostCpu} such as 3, 4-7 or [8, 9]{ScalarText.Leading(text)}",
        errors);
}
