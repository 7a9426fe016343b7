using System.Text;
using PollScale.Placement;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using Xunit;

namespace PollScale.HostStub.Tests.PolicyFile;

/// <summary>Files that are YAML, and mean something else than they seem to.</summary>
public class PolicyOdditiesTests
{
    [Theory]
    [InlineData("010")]
    [InlineData("00")]
    [InlineData("08")]
    [InlineData("0x10")]
    [InlineData("0o10")]
    [InlineData("0b11")]
    [InlineData("1_0")]
    [InlineData("1e1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("\u0661")]
    [InlineData("99999999999999999999")]
    [InlineData("~")]
    [InlineData("true")]
    [InlineData("3-4")]
    public void Only_a_plain_decimal_number_names_a_pcpu(string number)
    {
        PolicyException vcpu = Assert.Throws<PolicyException>(() => Parse(Guest($"vcpus: [{{vcpu: 0, pcpu: {number}}}]")));
        PolicyException rest = Assert.Throws<PolicyException>(() => Parse($"version: 1\npcpus:\n  - {{pcpu: {number}x, rest: 0}}\n"));

        Assert.StartsWith("p.yaml:4:29: pcpu is '", vcpu.Message);
        Assert.StartsWith("p.yaml:3:12: pcpu is '", rest.Message);
    }

    [Theory]
    [InlineData("fastest: 01", 14)]
    [InlineData("fastest: 0800MHz", 14)]
    [InlineData("silence: 010s", 14)]
    [InlineData("process: 0123", 14)]
    [InlineData("budget: {burst: 0100}", 21)]
    public void A_leading_zero_is_refused_wherever_a_number_stands(string field, int column)
    {
        PolicyException e = Assert.Throws<PolicyException>(() => Parse(Guest(field)));

        Assert.StartsWith($"p.yaml:4:{column}: ", e.Message);
    }

    [Fact]
    public void Octal_is_told_as_such()
    {
        Assert.Contains("without leading zeros: YAML 1.1 takes 010 for 8", Assert.Throws<PolicyException>(() => Parse(Guest("vcpus: [{vcpu: 0, pcpu: 010}]"))).Message);
        Assert.Contains("without leading zeros", Assert.Throws<PolicyException>(() => Parse("version: 1\npcpus:\n  - {pcpu: 04-07, rest: 0}\n")).Message);
        Assert.False(CpuList.TryParse("0-07", 15, out _));
        Assert.True(CpuList.TryParse("0, 10", 15, out _));
        Assert.Equal(800_000u, Parse(Guest("fastest: 0.8GHz")).Guests[0].Fastest.Value);
    }

    [Theory]
    [InlineData("~", "null")]
    [InlineData("null", "null")]
    [InlineData("Null", "null")]
    [InlineData("NULL", "null")]
    [InlineData("true", "true or false")]
    [InlineData("False", "true or false")]
    [InlineData("yes", "true or false")]
    [InlineData("off", "true or false")]
    [InlineData("1", "a number")]
    [InlineData("1.0", "a number")]
    [InlineData("-3e7", "a number")]
    [InlineData("0x1F", "a number")]
    [InlineData("0o17", "a number")]
    [InlineData("1_000", "a number")]
    [InlineData("12:30:45", "a number")]
    [InlineData(".inf", "a number")]
    [InlineData(".NaN", "a number")]
    [InlineData("2024-01-31", "a date")]
    public void A_name_that_is_no_text_to_yaml_is_refused_and_its_quoted_form_accepted(string name, string meaning)
    {
        PolicyException e = Assert.Throws<PolicyException>(() => Parse($"version: 1\nguests:\n  - name: {name}\n"));

        Assert.Equal($"p.yaml:3:11: name is {name}, which YAML takes for {meaning}; a guest of that name is written in quotes: name: \"{name}\"", e.Message);
        Assert.Equal(name, Parse($"version: 1\nguests:\n  - name: \"{name}\"\n").Guests[0].Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("\" a\"")]
    [InlineData("\"a\\0b\"")]
    [InlineData("\"a\\e[31m\"")]
    [InlineData("\"a\\u202Eb\"")]
    [InlineData("\"a\\nb\"")]
    [InlineData("|\n      a")]
    [InlineData("[a]")]
    [InlineData("{}")]
    public void A_name_that_cannot_be_shown_in_one_line_is_refused(string name) =>
        Assert.StartsWith("p.yaml:3:", Assert.Throws<PolicyException>(() => Parse($"version: 1\nguests:\n  - name: {name}\n")).Message);

    [Theory]
    [InlineData("vm1")]
    [InlineData("web-01")]
    [InlineData("a b")]
    [InlineData("1a")]
    [InlineData("nullable")]
    [InlineData("on-call")]
    public void A_name_that_is_text_needs_no_quotes(string name) => Assert.Equal(name, Parse($"version: 1\nguests:\n  - name: {name}\n").Guests[0].Name);

    [Theory]
    [InlineData("/run/x/../s/a")]
    [InlineData("/run//a")]
    [InlineData("//run/a")]
    [InlineData("/run/./a")]
    [InlineData("/run/a/")]
    [InlineData("/run/a/.")]
    [InlineData("/run/..")]
    [InlineData("run/a")]
    [InlineData("/")]
    [InlineData("~")]
    [InlineData("\"/run/a\\0b\"")]
    public void A_socket_is_spelt_in_one_way(string path)
    {
        Assert.StartsWith("p.yaml:4:50: listen is '", Assert.Throws<PolicyException>(() => Parse(Guest($"vcpus: [{{vcpu: 0, pcpu: 0, channel: {{listen: {path}}}}}]"))).Message);
        Assert.Throws<PolicyException>(() => Parse(Guest($"process: {path}")));
    }

    [Fact]
    public void A_socket_may_have_107_bytes_whatever_its_letters()
    {
        string longest = "/" + new string('\u00E9', 53);

        Assert.Equal(longest, Parse(Guest($"vcpus: [{{vcpu: 0, pcpu: 0, channel: {{listen: {longest}}}}}]")).Guests[0].Vcpus[0].Channel!.Path);
        Assert.Throws<PolicyException>(() => Parse(Guest($"vcpus: [{{vcpu: 0, pcpu: 0, channel: {{listen: {longest}x}}}}]")));
    }

    [Theory]
    [InlineData("version: 1\nguests:\n  - <<: {control: true}\n    name: a\n", "p.yaml:3:5: unknown key <<")]
    [InlineData("version: 1\nguests:\n\t- name: a\n", "p.yaml:1:1: not valid YAML")]
    [InlineData("version: 1\n...\nversion: 1\n", "p.yaml:3:1: a second document")]
    [InlineData("version: 1\n...\ntrailing\n", "p.yaml:3:1: a second document")]
    [InlineData("version: 1\nguests: []\n]\n", "p.yaml:3:1: not valid YAML")]
    [InlineData("version: 1\n\"guests\": []\nguests: []\n", "p.yaml:3:1: guests is given twice")]
    [InlineData("version: !<tag:yaml.org,2002:str> 1\n", "p.yaml:1:10: a tag")]
    [InlineData("Version: 1\n", "p.yaml:1:1: ")]
    public void Yaml_that_a_policy_needs_none_of_is_refused(string yaml, string message) =>
        Assert.StartsWith(message, Assert.Throws<PolicyException>(() => Parse(yaml)).Message);

    [Theory]
    [InlineData("\uFEFFversion: 1\r\nguests:\r\n  - name: a\r\n")]
    [InlineData("%YAML 1.2\n---\nversion: 1\nguests: [{name: a}]\n...\n")]
    [InlineData("# one\nversion: 1 # two\nguests: [{name: 'a'}]")]
    public void What_editors_add_does_no_harm(string yaml) => Assert.Equal("a", Parse(yaml).Guests.Single().Name);

    [Fact]
    public void Text_of_another_encoding_is_refused()
    {
        foreach (Encoding encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32])
        {
            Assert.Throws<PolicyException>(() => PolicyReader.Parse([.. encoding.GetPreamble(), .. encoding.GetBytes("version: 1\n")], "p.yaml"));
        }

        Assert.Throws<PolicyException>(() => PolicyReader.Parse([.. "version: 1\nguests: [{name: "u8, 0xC3, 0x28, .. "}]\n"u8], "p.yaml"));
    }

    [Fact]
    public void A_shared_pcpu_is_told_once_with_all_who_share_it()
    {
        HostPolicy policy = Parse("version: 1\nguests:\n  - name: a\n    vcpus: [{vcpu: 0, pcpu: 3}, {vcpu: 1, pcpu: 3}]\n  - name: b\n    vcpus:\n      - {vcpu: 0, pcpu: 4}\n      - {vcpu: 1, pcpu: 3}\n");

        Assert.Equal(
            "p.yaml:4:49: pCPU 3 is shared by vCPU 0 of a (line 4), vCPU 1 of a (line 4), vCPU 1 of b (line 8): it runs at the fastest of their wishes, and each takes time from the others",
            PolicyNotices.Of(policy).Single().In("p.yaml"));
    }

    [Theory]
    [InlineData("vm1", "VM1")]
    [InlineData("forward", "f\u043Erward")]
    [InlineData("cafe", "caf\u0065\u0301")]
    [InlineData("vm1", "\uFF56\uFF4D\uFF11")]
    [InlineData("nu", "\u03B7\u03C5")]
    public void Names_that_look_alike_are_told(string first, string second)
    {
        HostPolicy policy = Parse($"version: 1\nguests:\n  - name: {first}\n  - name: {second}\n");

        Assert.Equal($"p.yaml:4:5: guest {second} looks like guest {first} on line 3; names are compared letter by letter, so these are two guests", PolicyNotices.Of(policy).Single().In("p.yaml"));
        Assert.Empty(PolicyNotices.Of(Parse("version: 1\nguests:\n  - name: vm1\n  - name: vm2\n")));
    }

    private static string Guest(string field) => $"version: 1\nguests:\n  - name: a\n    {field}\n";

    private static HostPolicy Parse(string yaml) => PolicyReader.Parse(Encoding.UTF8.GetBytes(yaml), "p.yaml");
}
