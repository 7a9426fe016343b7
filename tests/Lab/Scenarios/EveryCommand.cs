using System.Text.Json;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>Each command of hoststub on a KVM that nobody has changed: what works on one vendor's module only shows here.</summary>
/// <remarks>Other scenarios go deeper into run, demo and serve. Goals of benches are of real CPUs, so that one may be missed here: status 3.</remarks>
[Collection(XenMachine.Collection)]
public class EveryCommand(XenMachine machine)
{
    private const int GoalMissed = 3;

    [Fact]
    public void Run_ends_with_the_guests_own_test_passed() =>
        machine.Run("hoststub run $probe -- selftest", 120).Expect();

    [Fact]
    public void Demo_forwards_all_packets()
    {
        JsonElement run = machine.Run("hoststub demo --guest $guest --json --traffic constant:rate=2kpps --duration 1s", 90).Expect().Summary;
        Assert.True(run.GetProperty("offered").GetInt64() > 500, run.ToString());
        Assert.Equal(run.GetProperty("offered").GetInt64(), run.GetProperty("forwarded").GetInt64());
    }

    [Theory]
    [InlineData("boot", "VM create to Main")]
    [InlineData("exits", "port doorbell", "mmio doorbell")]
    [InlineData("poll", "poll loop speed")]
    [InlineData("ring", "ring alone")]
    [InlineData("serve", "requests unanswered")]
    public void A_bench_measures(string kind, params string[] measured)
    {
        LabResult bench = machine.Run($"hoststub bench {kind} --guest $probe --rounds 1", 150);
        Assert.True(bench.Status is 0 or GoalMissed, bench.ToString());

        // Cells are folded: words of a name may lie on lines of their own.
        string words = string.Concat(bench.Output.Where(char.IsAsciiLetter));
        Assert.All(measured, name => Assert.Contains(string.Concat(name.Where(char.IsAsciiLetter)), words, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Doctor_finds_it_usable()
    {
        JsonElement found = machine.Run("hoststub doctor --json --ring 4096 --line-rate 1Mpps", 60).Expect().Summary;
        Assert.True(found.GetProperty("usable").GetBoolean(), found.ToString());
        Assert.Equal("ok", Status("kvm"));
        Assert.Equal("ok", Status("kvm-xen"));

        string? Status(string name) => found.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("name").GetString() == name).GetProperty("status").GetString();
    }

    [Fact]
    public void Simulate_gives_the_figures_of_every_machine()
    {
        const string Job = "hoststub simulate --json --governor optimal-available,max --traffic square --seeds 1 --duration 300ms --warmup 100ms";
        JsonElement there = machine.Run(Job, 120).Expect().Summary;
        Assert.Equal(2, there.GetProperty("runs").GetInt32());
        Assert.False(there.GetProperty("interrupted").GetBoolean());
    }

    [Fact]
    public void Serve_starts_and_ends_at_sigterm()
    {
        LabResult serve = machine.Run("""
            mkdir -p /tmp/serve
            chroot /disk /dotnet/dotnet /app/hoststub.dll serve --channel vm:0:listen:/tmp/serve/a.sock >/tmp/serve/out 2>&1 & pid=$!
            for attempt in $(seq 300); do [ ! -S /tmp/serve/a.sock ] || break; sleep 0.1; done
            [ -S /tmp/serve/a.sock ] || { cat /tmp/serve/out; exit 9; }
            kill $pid; wait $pid; status=$?
            cat /tmp/serve/out; exit $status
            """, 90);
        serve.Expect();
    }
}
