using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.PolicyFile;

/// <summary>docs/policy.schema.json says to editors what the reader takes.</summary>
public sealed partial class PolicySchemaTests : IDisposable
{
    // Instances are those of YAML 1.2's core schema, as the reader and editors have it: 1.2GHz is text, 010 is left out for it is read in two ways.
    private const string Validate =
        """
        import json, sys, warnings
        warnings.simplefilter('ignore')
        import jsonschema, yaml
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft7Validator.check_schema(schema)
        for path in sys.argv[2:]:
            errors = [e.message for e in jsonschema.Draft7Validator(schema).iter_errors(yaml.safe_load(open(path, encoding='utf-8')))]
            print('valid' if not errors else 'wrong: ' + errors[0].replace('\n', ' '))
        """;

    private readonly TemporaryTree _tree = new();

    /// <summary>Where each mapping of a policy is, with a place for another key in it.</summary>
    public static TheoryData<string, string> Mappings => new()
    {
        { "", "version: 1\nzzz: 1\n" },
        { "defaults", "version: 1\ndefaults: {zzz: 1}\n" },
        { "defaults.budget", "version: 1\ndefaults: {budget: {zzz: 1}}\n" },
        { "guests.", "version: 1\nguests: [{name: a, zzz: 1}]\n" },
        { "guests..budget", "version: 1\nguests: [{name: a, budget: {zzz: 1}}]\n" },
        { "guests..shmem", "version: 1\nguests: [{name: a, shmem: {zzz: 1, listen: /run/a}}]\n" },
        { "guests..vcpus.", "version: 1\nguests: [{name: a, vcpus: [{vcpu: 0, pcpu: 0, zzz: 1}]}]\n" },
        { "guests..vcpus..channel", "version: 1\nguests: [{name: a, vcpus: [{vcpu: 0, pcpu: 0, channel: {zzz: 1, listen: /run/a}}]}]\n" },
        { "pcpus.", "version: 1\npcpus: [{pcpu: 0, rest: keep, zzz: 1}]\n" },
    };

    private static string Schema
    {
        get
        {
            Assert.SkipWhen(Checkout.Root is null, "only the compiled tests are here, not the repository with docs/policy.schema.json.");
            return Path.Combine(Checkout.Root!, "docs", "policy.schema.json");
        }
    }

    public void Dispose() => _tree.Dispose();

    [Theory]
    [MemberData(nameof(Mappings))]
    public void A_mapping_has_the_keys_that_the_reader_takes_and_no_other(string place, string policy)
    {
        PolicyException refused = Assert.Throws<PolicyException>(() => PolicyReader.Parse(Encoding.UTF8.GetBytes(policy), "p.yaml"));
        string[] known = Allowed().Match(refused.Message).Groups[1].Value.Split(", ");
        JsonElement mapping = At(JsonDocument.Parse(File.ReadAllText(Schema)).RootElement, place);

        Assert.Equal(known.Order(), mapping.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order());
        Assert.False(mapping.GetProperty("additionalProperties").GetBoolean());
    }

    [Fact]
    public void The_example_is_valid_and_what_the_reader_refuses_is_wrong()
    {
        (string Guest, bool IsValid)[] guests =
        [
            ("control: true, fastest: 0, slowest: 1.2GHz", true), ("fastest: 2400 MHz", true), ("fastest: 64", false), ("fastest: fast", false), ("slowest: -1", false), ("control: yes please", false),
            ("queries: 1", false), ("silence: 30s", true), ("silence: 2m", true), ("silence: 30", false), ("silence: soon", false), ("budget: {calls-per-second: 1, burst: 1}", true),
            ("budget: {calls-per-second: 0}", false), ("budget: {burst: 1000001}", false), ("budget: 7", false), ("process: 4711", true), ("process: /run/a.pid", true), ("process: 0", false), ("process: a.pid", false),
            ("hypercall: module, process: 7", true), ("hypercall: sometimes, process: 7", false), ("shmem: {listen: /run/a}", true), ("shmem: {listen: /run/a, poll: true}", true), ("shmem: {poll: true}", false),
            ("shmem: {listen: a}", false), ("vcpus: [{vcpu: 0, pcpu: 1023}]", true), ("vcpus: [{vcpu: 0, pcpu: 1024}]", false), ("vcpus: [{vcpu: 0}]", false), ("vcpus: [{pcpu: 0}]", false),
            ("vcpus: [{vcpu: 0, pcpu: 3-4}]", false), ("vcpus: [{vcpu: 0, pcpu: 0, apic-id: 2147483647}]", true), ("vcpus: [{vcpu: 0, pcpu: 0, apic-id: -1}]", false),
            ("vcpus: [{vcpu: 0, pcpu: 0, channel: {debugcon: /run/a}}]", true), ("vcpus: [{vcpu: 0, pcpu: 0, channel: {listen: /run/a, connect: /run/b}}]", false),
            ("vcpus: [{vcpu: 0, pcpu: 0, channel: {}}]", false), ("vcpus: [{vcpu: 0, pcpu: 0, channel: /run/a}]", false), ("vcpus: 0", false), ("fastet: 1", false),
        ];
        (string Text, bool IsValid)[] policies =
        [
            .. guests.Select(guest => ($"version: 1\nguests: [{{name: a, {guest.Guest}}}]\n", guest.IsValid)),
            ("version: 1\n", true), ("version: 2\n", false), ("guests: []\n", false), ("version: 1\nguests: [{control: true}]\n", false), ($"version: 1\nguests: [{{name: {new string('x', 65)}}}]\n", false),
            ("version: 1\ndefaults: {rest: keep, silence: 1h, queries: false}\n", true), ("version: 1\ndefaults: {control: true}\n", false), ("version: 1\ndefaults: {rest: never}\n", false),
            ("version: 1\npcpus: [{pcpu: 4-7, rest: 1.2GHz}, {pcpu: [8, 9], rest: 0}]\n", true), ("version: 1\npcpus: [{pcpu: 4}]\n", false), ("version: 1\npcpus: [{pcpu: four, rest: keep}]\n", false), ("version: 1\npcpus: [{pcpu: 1024, rest: keep}]\n", false),
        ];
        string[] files = [.. policies.Select((policy, i) => _tree.Write($"{i}.yaml", policy.Text)), Path.Combine(Path.GetDirectoryName(Schema)!, "examples", "policy.yaml")];
        Assert.All(policies, policy => Assert.True(policy.IsValid == IsRead(policy.Text), policy.Text));

        string[] verdicts = Verdicts(files);
        Assert.Equal(files.Length, verdicts.Length);
        Assert.Equal("valid", verdicts[^1]);
        Assert.All(policies.Zip(verdicts), pair => Assert.True(pair.First.IsValid == (pair.Second == "valid"), $"{pair.First.Text}{pair.Second}"));
    }

    [Fact]
    public void The_example_tells_editors_where_the_schema_is() =>
        Assert.StartsWith("# yaml-language-server: $schema=", File.ReadAllText(Path.Combine(Path.GetDirectoryName(Schema)!, "examples", "policy.yaml")), StringComparison.Ordinal);

    private string[] Verdicts(string[] files)
    {
        string script = _tree.Write("validate.py", Validate);
        Assert.SkipUnless(File.Exists("/usr/bin/python3") || File.Exists("/usr/local/bin/python3"), "python3 is not installed.");
        using Process python = Process.Start(new ProcessStartInfo("python3", [script, Schema, .. files]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> told = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string[] lines = python.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        python.WaitForExit();
        Assert.SkipWhen(told.Result.Contains("ModuleNotFoundError", StringComparison.Ordinal), "python3-jsonschema or python3-yaml is not installed.");
        Assert.True(python.ExitCode == 0, told.Result);
        return lines;
    }

    private static bool IsRead(string policy)
    {
        try
        {
            PolicyReader.Parse(Encoding.UTF8.GetBytes(policy), "p.yaml");
            return true;
        }
        catch (PolicyException)
        {
            return false;
        }
    }

    // An empty name is a list's item.
    private static JsonElement At(JsonElement root, string place)
    {
        JsonElement node = root;
        foreach (string name in place.Length == 0 ? [] : place.Split('.'))
        {
            node = name.Length == 0 ? node.GetProperty("items") : node.GetProperty("properties").GetProperty(name);
            if (node.TryGetProperty("$ref", out JsonElement reference))
            {
                node = root.GetProperty("definitions").GetProperty(reference.GetString()!.Split('/')[^1]);
            }
        }

        return node;
    }

    [GeneratedRegex("unknown key zzz in [^;]*; Allowed: ([a-z, -]+)")]
    private static partial Regex Allowed();
}
