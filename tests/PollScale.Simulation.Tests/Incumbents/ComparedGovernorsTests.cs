using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Governors;
using PollScale.Simulation.Incumbents;
using PollScale.Tests.Shared.Drawing;
using PollScale.Tests.Shared.Governors;
using Xunit;

namespace PollScale.Simulation.Tests.Incumbents;

public class ComparedGovernorsTests
{
    // Options whose range depends on another one, which a single setting breaks.
    private static readonly HashSet<string> s_dependent = ["gear1-packets", "gear2-packets", "gear3-packets", "up-threshold", "down-threshold", "high-backlog", "low-backlog"];

    [Theory]
    [InlineData("l3fwd-power", typeof(L3FwdPowerGovernor))]
    [InlineData("l3fwd-power:sticky-hints=off", typeof(L3FwdPowerGovernor))]
    [InlineData("pmd-scale:max-empty-polls=64", typeof(PmdScaleGovernor))]
    [InlineData("ondemand:sampling-down-factor=10", typeof(OndemandGovernor))]
    [InlineData("conservative", typeof(ConservativeGovernor))]
    [InlineData("schedutil:rate-limit=500us", typeof(SchedutilGovernor))]
    [InlineData("speed-scaling:packets-at-max=64", typeof(SpeedScalingGovernor))]
    [InlineData("speed-scaling:beta=1e-2,alpha=2", typeof(SpeedScalingGovernor))]
    [InlineData("threshold", typeof(ThresholdGovernor))]
    [InlineData("pmd-pause:tpause=off", typeof(PmdPauseGovernor))]
    [InlineData("pmd-sleep:max-sleep=500us", typeof(PmdSleepGovernor))]
    [InlineData("poll-sleep:sleep=10us", typeof(PollSleepGovernor))]
    [InlineData("napi:defer-hard-irqs=2,flush-timeout=20us", typeof(NapiGovernor))]
    [InlineData("polling-dpdk:target-usage=60", typeof(PollingDpdkGovernor))]
    public void A_text_names_a_governor(string text, Type type) => Assert.IsType(type, ComparedGovernors.Parse(text)(GovernorSamples.Context()));

    [Fact]
    public void Those_of_the_sdk_come_first_and_each_name_once()
    {
        Assert.Equal(GovernorCatalog.List.Entries, ComparedGovernors.List.Entries.Take(GovernorCatalog.List.Entries.Count));
        Assert.Equal(18, ComparedGovernors.List.Entries.Select(entry => entry.Name).Distinct().Count());
        Assert.False(ComparedGovernors.TryParse("fastest", out _, out string? error));
        Assert.EndsWith("schedutil, speed-scaling, threshold.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_default_that_is_shown_is_accepted() => Assert.All(
        ComparedGovernors.List.Entries.SelectMany(entry => entry.Options, (entry, option) => (entry.Name, Option: option)).Where(one => char.IsAsciiDigit(one.Option.Default[0]) && !one.Option.Default.Contains(' ')),
        one => ComparedGovernors.Parse($"{one.Name}:{one.Option.Name}={one.Option.Default}"));

    [Theory]
    [InlineData("ondemand:threshold=80", "has no option 'threshold'; it takes up-threshold")]
    [InlineData("ondemand:up-threshold", "'up-threshold' is no option=value")]
    [InlineData("ondemand:up-threshold=", "takes 1 .. 100 %, not ''")]
    [InlineData("ondemand:up-threshold=101", "takes 1 .. 100 %, not '101'")]
    [InlineData("ondemand:up-threshold=NaN", "not 'NaN'")]
    [InlineData("ondemand:up-threshold=80,up-threshold=81", "given twice")]
    [InlineData("ondemand:sampling-period=10", "takes 20us .. 1s, not '10'")]
    [InlineData("ondemand:sampling-period=1e300s", "not '1e300s'")]
    [InlineData("l3fwd-power:sticky-hints=yes", "takes on | off, not 'yes'")]
    [InlineData("l3fwd-power:gear3-packets=40", "Gear3Packets is 40; it must be Gear2Packets .. 65536")]
    [InlineData("conservative:down-threshold=90", "below UpThreshold")]
    [InlineData("threshold:low-backlog=64", "below HighBacklog")]
    [InlineData("speed-scaling:beta=1,packets-at-max=64", "Beta")]
    [InlineData("speed-scaling:watts=1/2", "falling with the index")]
    [InlineData("speed-scaling:watts=1//2", "not '1//2'")]
    public void What_is_wrong_is_said(string text, string expected)
    {
        Assert.False(ComparedGovernors.TryParse(text, out _, out string? error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_power_table_must_fit_the_p_states()
    {
        Func<GovernorContext, IGovernor> make = ComparedGovernors.Parse("speed-scaling:watts=5/4/3");
        Assert.Contains("of 21", Assert.Throws<ArgumentException>(() => make(GovernorSamples.Context())).Message, StringComparison.Ordinal);
        Assert.NotNull(make(GovernorSamples.Context(GovernorSamples.Table(count: 3))));
    }

    [Fact]
    public void The_ends_of_every_range_are_taken_and_nothing_beyond()
    {
        foreach ((GovernorEntry entry, GovernorOption option) in ComparedGovernors.List.Entries.SelectMany(entry => entry.Options.Select(option => (entry, option))))
        {
            string[] ends = option.Range.Replace(", or auto", "", StringComparison.Ordinal).Split(' ');
            if (ends is not [string min, "..", string max, ..])
            {
                continue;
            }

            foreach (string end in s_dependent.Contains(option.Name) ? [] : new[] { min, max })
            {
                Assert.True(ComparedGovernors.TryParse($"{entry.Name}:{option.Name}={end}", out _, out string? error), error);
            }

            Assert.False(ComparedGovernors.TryParse($"{entry.Name}:{option.Name}=-1{Unit(min)}", out _, out _), option.Name);
            Assert.False(ComparedGovernors.TryParse($"{entry.Name}:{option.Name}={Beyond(max)}", out _, out _), option.Name);
        }
    }

    [Fact]
    public void The_help_tells_every_name_range_and_default()
    {
        foreach (GovernorEntry entry in ComparedGovernors.List.Entries)
        {
            Assert.Contains($"  {entry.Name} ", ComparedGovernors.Help, StringComparison.Ordinal);
            Assert.All(entry.Options, option => Assert.Contains($"{option.Name}", ComparedGovernors.Help, StringComparison.Ordinal));
            Assert.All(entry.Options, option => Assert.Contains($"{option.Range} [{option.Default}]", ComparedGovernors.Help, StringComparison.Ordinal));
            Assert.All(entry.Options, option => Assert.NotEmpty(option.Default));
        }

        Assert.Contains("10ms", ComparedGovernors.Help, StringComparison.Ordinal);
        Assert.Equal(ComparedGovernors.List.Entries.Count, ComparedGovernors.List.Entries.Select(entry => entry.Name).Distinct().Count());
    }

    [Fact]
    public void No_text_brings_the_parser_down() => Prop.ForAll<string?>(text =>
        ComparedGovernors.TryParse(text, out _, out string? error) || !string.IsNullOrEmpty(error)).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [DrawnProperty(1000)]
    public bool No_text_near_a_right_one_brings_the_parser_down(byte which, (byte Option, byte Kind, uint Number)[] options, (ushort At, byte Letter)[] edits)
    {
        const string Letters = "=:,/.-+eE0\0\u00e9\ud800";
        GovernorEntry entry = ComparedGovernors.List.Entries[which % ComparedGovernors.List.Entries.Count];
        string text = entry.Name;
        foreach ((byte option, byte kind, uint number) in options.Take(3))
        {
            string name = entry.Options.Count > 0 && option % 4 > 0 ? entry.Options[option % entry.Options.Count].Name : "x";
            text += (text.Contains(':', StringComparison.Ordinal) ? ',' : ':') + name + '=' + Value(kind, number);
        }

        foreach ((ushort at, byte letter) in edits.Take(2))
        {
            text = text.Insert(at % (text.Length + 1), Letters[letter % Letters.Length].ToString());
        }

        if (!ComparedGovernors.TryParse(text, out Func<GovernorContext, IGovernor>? make, out string? error))
        {
            return error.Length > 0;
        }

        try
        {
            return make(GovernorSamples.Context()).Decide(GovernorSamples.Quiet).PState is >= 0 and < 21;
        }
        catch (ArgumentException)
        {
            // An index beyond the table, a power table of another length: no fault of the text.
            return text.StartsWith("index", StringComparison.Ordinal) || text.Contains("watts", StringComparison.Ordinal);
        }
    }

    private static string Value(byte kind, uint number) => (kind % 7) switch
    {
        0 => number % 2 == 0 ? "on" : "off",
        1 => (number % 100_000).ToString(CultureInfo.InvariantCulture),
        2 => (number % 100_000 / 1e4).ToString(CultureInfo.InvariantCulture),
        3 => $"{number % 2000}us",
        4 => $"{number % 20}ms",
        5 => "3/2/1",
        _ => "99999999999999999999999999",
    };

    private static string Unit(string value) => new([.. value.SkipWhile(c => !char.IsLetter(c) || c == 'E')]);

    private static string Beyond(string max)
    {
        string unit = Unit(max);
        string number = max[..^unit.Length];
        bool whole = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        return whole ? $"{value + 1}{unit}" : $"{double.Parse(number, CultureInfo.InvariantCulture) * 1.001}{unit}";
    }
}
