using PollScale.Memif.Control;
using PollScale.Programs;
using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Simulation.Incumbents;
using Xunit;

namespace PollScale.Tests.QueueScaler.CommandLine;

public class OptionsParserTests
{
    [Fact]
    public void A_region_alone_gives_the_documented_defaults()
    {
        Options options = Parse("--region /dev/memif0");
        Assert.Equal(new Options { Region = "/dev/memif0" }, options);
        Assert.Equal((1024, 1ul, 250, 32, 20), (options.Routes, options.Seed, options.WorkNs, options.Burst, options.DecisionUs));
        Assert.Equal(("optimal-available", TransportChoice.Auto, RunMode.Forward), (options.Governor, options.Host.Doorbell, options.Mode));
        Assert.Equal((-1, -1, -1), (options.Host.CallFd, options.Host.StatusFd, options.Host.Cpu));
    }

    [Fact]
    public void Every_option_is_read()
    {
        Options expected = new()
        {
            Region = "r",
            Routes = 2000,
            Seed = ulong.MaxValue,
            WorkNs = 0,
            Governor = "index:63",
            Host = new HostOptions { CallFd = 3, StatusFd = 4, Cpu = 7 },
            Burst = 1,
            DecisionUs = 5,
        };
        Assert.Equal(expected, Parse("--region r --routes 2000 --seed 18446744073709551615 --work-ns 0 --governor index:63 --call-fd 3 --status-fd 4 --cpu 7 --burst 1 --decision-us 5"));
        Assert.Equal(expected, Parse("--region=r --routes=2000 --seed=18446744073709551615 --work-ns=0 --governor=index:63 --call-fd=3 --status-fd=4 --cpu=7 --burst=1 --decision-us=5"));
    }

    [Fact]
    public void A_memif_peer_stands_instead_of_a_region()
    {
        MemifSpec peer = Parse("--memif @vpp,role=server,id=7,secret=swordfish,rsize=12,bsize=4096,unsealed=accept").Memif!;
        Assert.Equal(("@vpp", MemifRole.Server, 7u, "swordfish", 12, 4096, true), (peer.Path, peer.Role, peer.Port.Id, peer.Port.Secret, peer.Port.Log2RingSize, peer.Port.BufferSize, peer.Port.AcceptUnsealed));
        Assert.Equal(new MemifSpec { Path = "/run/memif.sock" }, Parse("--memif /run/memif.sock").Memif);
        Assert.All(MemifSpec.Settings.All, setting => Assert.Contains($"\n  {setting.Name} ", Usage.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_governor_of_the_catalog_and_every_option_with_its_default_is_taken() => Assert.All(
        ComparedGovernors.List.Entries,
        entry =>
        {
            string name = entry.Name == "index" ? "index:0" : entry.Name;
            Assert.Equal(name, Parse($"--region r --governor {name}").Governor);
            Assert.All(entry.Options.Where(option => option.Value is not null || option.Default is "on" or "off"), option =>
            {
                string text = $"{entry.Name}:{option.Name}={option.Default}";
                Assert.Equal(text, Parse($"--region r --governor {text}").Governor);
            });
        });

    [Fact]
    public void The_help_names_every_governor_with_its_options() => Assert.All(
        ComparedGovernors.List.Entries,
        entry =>
        {
            Assert.Contains($"  {entry.Name} ", Usage.Text, StringComparison.Ordinal);
            Assert.All(entry.Options, option => Assert.Contains($"    {option.Name} ", Usage.Text, StringComparison.Ordinal));
        });

    [Theory]
    [InlineData("--work-ns 2us", 2000, 20)]
    [InlineData("--work-ns 0.5us --decision-us 2ms", 500, 2000)]
    [InlineData("--decision-us 500us", 250, 500)]
    public void A_number_of_a_unit_may_be_a_time(string line, int workNs, int decisionUs)
    {
        Options options = Parse($"--region r {line}");
        Assert.Equal((workNs, decisionUs), (options.WorkNs, options.DecisionUs));
    }

    [Theory]
    [InlineData("--work-slows", true)]
    [InlineData("--work-slows --seed 3", true)]
    [InlineData("--work-slows on", true)]
    [InlineData("--work-slows=off", false)]
    [InlineData("--seed 3", false)]
    public void Work_slows_where_that_is_asked_for(string line, bool slows) => Assert.Equal(slows, Parse($"--region r {line}").WorkSlows);

    [Theory]
    [InlineData("--routes 77", 77, "", -1)]
    [InlineData("--routes ./77", 1024, "./77", -1)]
    [InlineData("--default-route", 1024, "", 0)]
    [InlineData("--default-route 9 --seed 3", 1024, "", 9)]
    [InlineData("--default-route --seed 3", 1024, "", 0)]
    [InlineData("--default-route=255 --routes file", 1024, "file", 255)]
    public void Routes_are_a_count_or_a_file_and_a_default_may_go_without_its_number(string line, int routes, string file, int next)
    {
        Options options = Parse($"--region r {line}");
        Assert.Equal((routes, file, next), (options.Routes, options.RoutesFile, options.DefaultRoute));
    }

    [Fact]
    public void Every_doorbell_has_a_name()
    {
        foreach (TransportChoice doorbell in Enum.GetValues<TransportChoice>())
        {
            string name = doorbell switch
            {
                TransportChoice.GuestChannel => "guest-channel",
                TransportChoice.RegionHypercall => "region-hypercall",
                _ => doorbell.ToString().ToLowerInvariant(),
            };
            Assert.Equal(doorbell, Parse($"--region r --doorbell {name}").Host.Doorbell);
        }
    }

    [Theory]
    [InlineData("boot", nameof(RunMode.Boot))]
    [InlineData("transports", nameof(RunMode.Transports))]
    [InlineData("transports --cpu 1", nameof(RunMode.Transports))]
    [InlineData("help", nameof(RunMode.Help))]
    [InlineData("--help", nameof(RunMode.Help))]
    [InlineData("--region r -h", nameof(RunMode.Help))]
    public void Commands_are_read(string line, string mode) => Assert.Equal(mode, Parse(line).Mode.ToString());

    [Theory]
    [InlineData("set-pstates 4", 0, 10, 4)]
    [InlineData("set-pstates 0,63,2 --hold-ms 500", 500, 10, 0, 63, 2)]
    [InlineData("set-pstates 1,1 --doorbell guest-channel --reply-ms=5000", 0, 5000, 1, 1)]
    public void A_list_of_P_states_is_read(string line, int holdMs, int replyMs, params int[] pStates)
    {
        Options options = Parse(line);
        Assert.Equal((RunMode.SetPStates, holdMs, replyMs), (options.Mode, options.HoldMs, options.Host.ReplyMs));
        Assert.Equal(pStates, options.PStates);
    }

    [Theory]
    [InlineData("set-pstates", "set-pstates takes P-states with commas between them")]
    [InlineData("set-pstates 0,,1", "set-pstates takes P-states with commas between them")]
    [InlineData("set-pstates 64", "0..63, not '64'")]
    [InlineData("set-pstates --hold-ms 5", "not '--hold-ms'")]
    [InlineData("transports --hold-ms 5", "--hold-ms belongs to set-pstates")]
    [InlineData("set-pstates 0 --reply-ms 0", "--reply-ms takes a whole number in 1..10000")]
    public void A_wrong_list_of_P_states_is_refused(string line, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => Parse(line)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "--region")]
    [InlineData("--memif", "--memif: the path of a control socket is missing")]
    [InlineData("--memif ,role=server", "--memif: the path of a control socket is missing")]
    [InlineData("--memif s --region r", "leave one out")]
    [InlineData("--memif s,role=both", "role takes client | server, not 'both'")]
    [InlineData("--memif s,rsize=16", "rsize takes 1 .. 15, not '16'")]
    [InlineData("--memif s,id=-1", "id takes 0 .. 4294967295, not '-1'")]
    [InlineData("--memif s,id=1,id=2", "id is given twice")]
    [InlineData("--memif s,secret=twenty-five-characters-too", "at most 24")]
    [InlineData("--memif s,rsize=15,bsize=65536", "less than 2 GiB")]
    [InlineData("--memif s,colour=red", "no option 'colour'; it takes role, id, secret, rsize, bsize, unsealed")]
    [InlineData("--routes 5", "--region")]
    [InlineData("--region", "--region")]
    [InlineData("--region=", "--region")]
    [InlineData("forward", "'forward'")]
    [InlineData("--region r extra", "'extra'")]
    [InlineData("--region r --bogus 1", "'--bogus'")]
    [InlineData("--region r --routes 0", "--routes")]
    [InlineData("--region r --routes 16385", "--routes")]
    [InlineData("--region r --routes", "--routes")]
    [InlineData("--region r --seed -1", "--seed")]
    [InlineData("--region r --seed x", "--seed")]
    [InlineData("--region r --work-ns 1.5", "--work-ns")]
    [InlineData("--region r --work-ns 1000001", "--work-ns")]
    [InlineData("--region r --governor fast", "'fast'")]
    [InlineData("--region r --governor index:", "Governor index")]
    [InlineData("--region r --governor drain-time:hold-time=5", "hold-time takes 10us .. 1s, not '5'")]
    [InlineData("--region r --work-ns 1.5ns", "--work-ns")]
    [InlineData("--region r --work-ns 2ms", "--work-ns")]
    [InlineData("--region r --governor index:64", "Governor index: p-state takes 0 .. 63")]
    [InlineData("--region r --doorbell smoke", "'smoke'")]
    [InlineData("--region r --call-fd 3", "--status-fd")]
    [InlineData("--region r --status-fd 3", "--call-fd")]
    [InlineData("--region r --call-fd -3 --status-fd 3", "--call-fd")]
    [InlineData("--region r --call-fd 3 --status-fd 4 --doorbell port", "--doorbell")]
    [InlineData("--region r --cpu 1024", "--cpu")]
    [InlineData("--region r --burst 33", "--burst")]
    [InlineData("--region r --burst 0", "--burst")]
    [InlineData("--region r --decision-us 0", "--decision-us")]
    [InlineData("selftest", "'selftest'")]
    [InlineData("--region r --work-slows=maybe", "--work-slows")]
    [InlineData("--region r --flood 5", "--flood")]
    public void Bad_input_gives_an_error_that_names_it(string line, string named) =>
        Assert.Contains(named, Assert.Throws<UsageException>(() => Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_help_text_names_every_option()
    {
        foreach (string name in (string[])["--region", "--memif", "--routes", "--seed", "--work-ns", "--work-slows", "--governor", "--doorbell", "--call-fd", "--status-fd", "--cpu", "--burst", "--decision-us", "--hold-ms", "--reply-ms"])
        {
            Assert.Contains(name, Usage.Text, StringComparison.Ordinal);
        }
    }

    private static Options Parse(string line) => OptionsParser.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
