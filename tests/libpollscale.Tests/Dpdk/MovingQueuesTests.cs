using System.Text.Json;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>An application (dpdk_app.c) whose lcores take queues from each other while they poll, in a process that knows nothing of PollScale.</summary>
[Collection(nameof(TestpmdTests))]
public class MovingQueuesTests
{
    private const string Loopback = "transport=loopback";
    private static readonly Lazy<string> s_program = new(() => DpdkPlugin.Program(Path.Combine(AppContext.BaseDirectory, "dpdk_app.c")));

    [Fact]
    public void A_queue_that_moves_while_both_lcores_poll_is_told_by_who_polls_it()
    {
        using DpdkProgram app = Start("--lcores=0@0,1@1,2@0 --vdev=net_null0,no-rx=1 --vdev=net_null1,no-rx=1", queues: 2);
        app.Say("poll 0 0 1", "poll 0 1 1", "poll 1 0 2", "poll 1 1 2");
        app.AwaitScaled("lcore_1", "0:0 0:1");
        app.AwaitScaled("lcore_2", "1:0 1:1");
        app.Say("poll 1 1 1");
        app.AwaitScaled("lcore_1", "0:0 0:1 1:1");
        app.AwaitScaled("lcore_2", "1:0");
        app.Say("poll 0 0 0", "poll 0 1 0", "poll 1 0 0"); // lcore 2 polls nothing, and lcore 1 the queue that it began with no more
        app.AwaitScaled("lcore_1", "1:1");
        app.Await("lcore_2", "waiting", lcore => lcore.GetProperty("state").GetString() == "waits");
        long before = app.Lcore("lcore_1")!.Value.GetProperty("polls").GetInt64();
        app.Await("lcore_1", "told of more", lcore => lcore.GetProperty("polls").GetInt64() > before + 1000);
        Assert.Equal(0, app.End("exit"));
        Assert.DoesNotContain(app.Told, line => line.Contains("not scaled", StringComparison.Ordinal));
    }

    [Fact]
    public void A_thread_that_polls_for_a_moment_now_and_then_gets_no_scaler()
    {
        using DpdkProgram app = Start("--lcores=0@0,1@1 --vdev=net_null0", queues: 1, Loopback + " warm-up=3s idle=100ms");
        for (int time = 0; time < 4; time++)
        {
            app.Say("poll 0 0 1");
            app.Await("lcore_1", "polling", lcore => lcore.GetProperty("queues").GetString() == "0:0");
            Thread.Sleep(700);
            app.Say("poll 0 0 0");
            app.Await("lcore_1", "resting", lcore => lcore.GetProperty("queues").GetString() == "");
        }

        Assert.Equal("waits", app.Lcore("lcore_1")!.Value.GetProperty("state").GetString());
        Assert.DoesNotContain(app.Told, line => line.Contains("is scaled", StringComparison.Ordinal));
        app.Say("poll 0 0 1");
        app.AwaitScaled("lcore_1", "0:0");
        Assert.Equal(0, app.End("exit"));
    }

    [Fact]
    public void Bursts_of_another_size_make_another_scaler()
    {
        using DpdkProgram app = Start("--lcores=0@0,1@1 --vdev=net_null0", queues: 1);
        app.Say("poll 0 0 1");
        AwaitBursts(app, 32);
        app.Say("burst 8");
        AwaitBursts(app, 8);
        app.Say("burst 512");
        AwaitBursts(app, 512);
        Assert.Equal(0, app.End("exit"));
    }

    [Fact]
    public void A_thread_that_is_not_EALs_is_scaled_until_it_ends()
    {
        using DpdkProgram app = Start("--lcores=0@0,1@1 --vdev=net_null0,no-rx=1", queues: 1);
        app.Say("thread begin", "poll 0 0 -1");
        app.AwaitTold("is scaled over loopback by optimal-available: 1 queues");
        string thread = app.Told.Last(line => line.StartsWith("thread ", StringComparison.Ordinal)).Split(' ')[1];
        app.AwaitScaled($"thread_{thread}", "0:0");
        app.Say("thread end");
        app.AwaitTold($"thread {thread} has ended");
        Assert.Null(app.Lcore($"thread_{thread}"));
        app.Say("poll 0 0 1");
        app.AwaitScaled("lcore_1", "0:0");
        Assert.Equal(0, app.End("exit"));
    }

    [Fact]
    public void More_queues_than_an_lcore_has_are_told_of()
    {
        using DpdkProgram app = Start("--lcores=0@0,1@1 --vdev=net_null0,no-rx=1", queues: 17);
        app.Say([.. Enumerable.Range(0, 17).Select(queue => $"poll 0 {queue} 1")]);
        app.AwaitTold("lcore 1 polls more than 16 rx queues");
        app.Await("lcore_1", "scaled with 16 queues", lcore => lcore.GetProperty("state").GetString() == "scaled" && lcore.GetProperty("queues").GetString()!.Split(' ').Length == 16);
        Assert.Equal(0, app.End("exit"));
    }

    [Fact]
    public void Cpufreq_is_as_it_was_when_an_lcore_rests_and_when_the_process_ends()
    {
        DpdkPlugin.Require();
        using TemporaryFolder root = new();
        CpufreqFixture.Load("haswell-acpi-cpufreq").WriteTo(root["sys/devices/system/cpu"]);
        string policy = root["sys/devices/system/cpu/cpufreq/policy0/scaling_governor"], before = File.ReadAllText(policy).Trim();
        using DpdkProgram app = Start("--lcores=0@0,1@0 --vdev=net_null0,no-rx=1", queues: 1, $"transport=cpufreq root={root.Path}");
        app.Say("poll 0 0 1");
        app.Await("lcore_1", "holding its CPU's governor", lcore => lcore.GetProperty("state").GetString() == "scaled" && File.ReadAllText(policy).Trim() == "userspace"); // a busy machine may have it rest in between
        app.Say("poll 0 0 0");
        app.Await("lcore_1", "waiting", lcore => lcore.GetProperty("state").GetString() == "waits" && File.ReadAllText(policy).Trim() == before);
        app.Say("poll 0 0 1");
        app.Await("lcore_1", "holding its CPU's governor", lcore => lcore.GetProperty("state").GetString() == "scaled" && File.ReadAllText(policy).Trim() == "userspace"); // a busy machine may have it rest in between
        Assert.Equal(0, app.End("exit"));
        Assert.Equal(before, File.ReadAllText(policy).Trim());
    }

    private static DpdkProgram Start(string eal, int queues, string settings = Loopback)
    {
        DpdkPlugin.Require();
        return new DpdkProgram(s_program.Value, settings, eal, $"{queues}");
    }

    private static void AwaitBursts(DpdkProgram app, int size) => app.Await("lcore_1", $"told of bursts of {size}", lcore => lcore.TryGetProperty("burst_size", out JsonElement burst) && burst.GetInt32() == size);
}
