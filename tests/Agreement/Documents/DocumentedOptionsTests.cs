using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PollScale.Governors;
using PollScale.HostStub.Simulation;
using PollScale.HostStub.Simulation.Tuning;
using PollScale.Notation;
using PollScale.Simulation.Incumbents;
using PollScale.Simulation.Traffic;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.Agreement.Documents;

/// <summary>Every option is declared once: what is derived and what is written by hand agree with it.</summary>
public class DocumentedOptionsTests
{
    private static readonly Regex s_range = new(@"(?<least>\d[\d.eE+-]*) ?(?<leastUnit>ns|us|ms|s)? \.\. (?<most>\d[\d.eE+-]*\d|\d) ?(?<mostUnit>ns|us|ms|s)?\b", RegexOptions.CultureInvariant);

    private static readonly Regex s_default = new(@"default (?<value>\d[\d.eE+-]*\d|\d) ?(?<unit>ns|us|ms|s)?\b|[Dd]efault (?<word>on|off)\b", RegexOptions.CultureInvariant);

    public static TheoryData<string, string> Defaults =>
    [
        .. from entry in ComparedGovernors.List.Entries
           from option in entry.Options
           where option.Value is not null || option.Default is "on" or "off"
           select (entry.Name, $"{entry.Name}:{option.Name}={option.Default}"),
    ];

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Simulate_accepts_every_option_of_every_governor_with_its_default(string governor, string text)
    {
        Assert.Equal([text], Simulate.Read("--governor", text).Governors);
        Assert.NotNull(ComparedGovernors.List.Find(governor));
    }

    [Fact]
    public void Every_option_without_a_default_is_accepted_too()
    {
        (string Option, string Value)[] given = [("delay-bound", "auto"), ("setpoint-backlog", "8"), ("call-time", "20us"), ("actuator-latency", "500us"), ("rate-limit", "1ms"), ("packets-at-max", "64"), ("beta", "0.01"), ("watts", "5/4/3"), ("idle-watts", "0.6"), ("p-state", "3")];
        var open = ComparedGovernors.List.Entries.SelectMany(entry => entry.Options.Where(o => o.Value is null && o.Default is not ("on" or "off")).Select(option => (entry.Name, Option: option.Name))).ToArray();

        Assert.Equal(given.Select(g => g.Option).Order(), open.Select(one => one.Option).Distinct().Order());
        Assert.All(open, one => Simulate.Read("--governor", $"{one.Name}:{one.Option}={given.Single(g => g.Option == one.Option).Value}"));
    }

    [Theory]
    [InlineData("drain-time:peak-rate=2Mpps,transition-latency=1ms", "drain-time:peak=2Mpps,actuator-latency=1ms")]
    [InlineData("drain-time:peak-rate=2e6", "drain-time:peak=2000kpps")]
    public void Former_names_mean_what_the_present_ones_do(string former, string present)
    {
        GovernorContext context = SimulationPlan.Make(Simulate.Read("--governor", present), _ => { }).Context;
        ILossBoundGovernor first = (ILossBoundGovernor)ComparedGovernors.Parse(former)(context), second = (ILossBoundGovernor)ComparedGovernors.Parse(present)(context);

        Assert.Equal((second.PeakPacketsPerSecond, second.ActuatorLatency), (first.PeakPacketsPerSecond, first.ActuatorLatency));
        Assert.Equal(former, GovernorTexts.Configured(former, 1e6, 1));
        Assert.Contains("given twice", Assert.Throws<GovernorFormatException>(() => ComparedGovernors.Parse("drain-time:peak=1,peak-rate=1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_notion_has_one_name() => Assert.All(
        ComparedGovernors.List.Entries.SelectMany(entry => entry.Options).GroupBy(option => option.Property),
        same => Assert.Single(same.Select(option => option.Name).Distinct()));

    [Fact]
    public void Every_governor_that_needs_no_option_is_compared_by_default() => Assert.Equal(
        ComparedGovernors.List.Entries.Select(entry => entry.Name).Where(name => name != "index"),
        SimulateOptions.DefaultGovernors);

    [Fact]
    public void What_is_tuned_starts_at_the_default_of_the_options()
    {
        Assert.Equal(["optimal-available", "arrival-envelope", "drain-time"], TunedGovernor.All.Select(governor => governor.Name));
        Assert.Equal(new OptimalAvailableOptions().LagShare, TunedGovernor.Of("optimal-available")!.Options.Single(option => option.Name == "lag-share").Default);
    }

    [Fact]
    public void A_default_outside_its_range_cannot_be_declared() => Assert.Throws<InvalidOperationException>(() =>
        new GovernorSettings<OptimalAvailableOptions>().Share("lag-share", 0, 0.9, "", o => o.LagShare, (o, v) => o with { LagShare = v }));

    [Fact]
    public void The_documentation_of_each_property_tells_the_range_and_the_default_declared()
    {
        Dictionary<string, string> texts = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "PollScale.xml")).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => Regex.Replace(string.Concat(member.Element("summary")!.Nodes()), @"\s+", " "));
        foreach ((GovernorEntry entry, GovernorOption option) in ComparedGovernors.List.Entries.SelectMany(entry => entry.Options.Select(option => (entry, option))))
        {
            if (!entry.OptionsType.IsPublic || option.Name == "watts")
            {
                continue;
            }

            string name = $"{entry.OptionsType.Name}.{option.Property}", text = texts[$"P:PollScale.Governors.{name}"];
            Match range = s_range.Match(text), standard = s_default.Match(text);
            string[] declared = option.Range.Replace(", or auto", "", StringComparison.Ordinal).Split(' ');
            if (declared is [string least, "..", string most, ..])
            {
                Assert.True(range.Success, $"{name} has no range: {text}");
                Assert.Equal((Value(option, least), Value(option, most)), (Value(option, Text(range, "least")), Value(option, Text(range, "most"))));
            }

            if (option.Value is > 0)
            {
                Assert.True(standard.Success, $"{name} has no default: {text}");
                Assert.Equal(option.Value.Value, Value(option, standard.Groups["value"].Value + standard.Groups["unit"].Value));
            }
            else if (option.Default is "on" or "off")
            {
                Assert.True(standard.Groups["word"].Value == option.Default, $"{name} does not tell its default: {text}");
            }
        }
    }

    [Fact]
    public void The_tables_of_governors_md_are_those_of_the_code() => AssertSection("governors.md", "## Options", ComparedGovernors.List.Entries.SelectMany(entry => entry.Options.Count == 0 ? [] : (IEnumerable<string>)
    [
        $"`{entry.Name}`: {entry.Rule}.",
        "",
        "| option | takes | default | what |",
        "|---|---|---|---|",
        .. entry.Options.Select(option => $"| `{option.Name}` | {Cell(option.Range)} | {Cell(option.Default)} | {option.Summary}{Former(option.FormerNames)} |"),
        "",
    ]));

    [Fact]
    public void The_tables_of_simulation_md_are_those_of_the_code() => AssertSection("simulation.md", "## Models", TrafficModels.All.SelectMany(model => (IEnumerable<string>)
    [
        $"`{model.Name}`: {model.Description}.",
        "",
        "| parameter | takes | default | what |",
        "|---|---|---|---|",
        .. model.Parameters.Select(parameter => $"| `{parameter.Name}` | {Cell(parameter.Allowed)} | {Cell(parameter.Default)} | {parameter.Description}{Former(parameter.FormerNames)} |"),
        "",
    ]));

    // From the first table below a heading to the next heading.
    private static void AssertSection(string file, string heading, IEnumerable<string> expected)
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, file));
        int start = Array.IndexOf(lines, heading);
        Assert.True(start >= 0, $"docs/{file} has no {heading}");
        string written = string.Join('\n', lines.Skip(start + 1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).SkipWhile(line => !line.StartsWith('`')));
        string derived = string.Join('\n', expected);
        Assert.True(written.TrimEnd() == derived.TrimEnd(), $"docs/{file}, {heading}, is to read:\n{derived}");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Former(IReadOnlyList<string> names) => names.Count == 0 ? "" : $"; formerly `{string.Join("`, `", names)}`";

    private static string Text(Match match, string end) => match.Groups[end].Value + match.Groups[end + "Unit"].Value;

    private static double Value(GovernorOption option, string text)
    {
        Assert.True(QuantityText.TryRead(option.Quantity, text, double.NaN, out double value), $"{option.Name}: '{text}' is no value");
        return double.Parse(value.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
