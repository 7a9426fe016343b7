using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PollScale.Hypercall;
using PollScale.Transports;
using Xunit;

namespace PollScale.Extensions.Tests;

/// <summary>AddPollScale in a real container, with a real listener.</summary>
public class AddPollScaleTests
{
    private static readonly PStateTable s_table = new([3_000_000, 2_000_000, 1_000_000], 0, 2, 20_000);

    [Theory]
    [InlineData("RingSize", 31)]
    [InlineData("BurstSize", 0)]
    [InlineData("Queues", 17)]
    public void An_option_out_of_range_is_refused_by_name(string option, int value)
    {
        using ServiceProvider services = Services(options => typeof(PollScaleOptions).GetProperty(option)!.SetValue(options, value));

        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<PollScaleLcores>().Open());
        Assert.Contains(option, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_governor_that_does_not_exist_is_refused_and_one_of_the_catalog_is_made()
    {
        using ServiceProvider wrong = Services(options => options.Governor = "nobody");
        using ServiceProvider compared = Services(options => options.Governor = "ondemand");
        using ServiceProvider right = Services(options => options.Governor = "drain-time:high-water=0.8");

        Assert.Contains("PollScaleOptions.Governor", Assert.Throws<OptionsValidationException>(() => wrong.GetRequiredService<PollScaleLcores>().Open()).Message, StringComparison.Ordinal);
        Assert.Contains("are in the package PollScale.Simulation", Assert.Throws<OptionsValidationException>(() => compared.GetRequiredService<PollScaleLcores>().Open()).Message, StringComparison.Ordinal);
        using PollScaleLcore lcore = right.GetRequiredService<PollScaleLcores>().Open();
        Assert.Equal("DrainTimeGovernor", lcore.Scaler.Governor.GetType().Name);
    }

    [Fact]
    public void Wrong_options_are_found_when_a_host_starts()
    {
        using ServiceProvider services = Services(options => options.RingSize = 1);

        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
    }

    [Fact]
    public void Warnings_go_to_the_applications_logger()
    {
        Recorder recorder = new();
        using ServiceProvider services = Services(options => options.Transport = _ => new LoopbackTransport(s_table, controlGranted: false), recorder);
        using PollScaleLcore lcore = services.GetRequiredService<PollScaleLcores>().Open();

        (string category, LogLevel level, EventId id, string text) = Assert.Single(recorder.Events, one => one.Item2 >= LogLevel.Warning);
        Assert.Equal(("PollScale.LcoreScaler", LogLevel.Warning, 1, "ScalerWarning"), (category, level, id.Id, id.Name));
        Assert.Equal("DelayBoundChosen", Assert.Single(recorder.Events, one => one.Item2 < LogLevel.Warning).Item3.Name);
        Assert.Equal(Assert.Single(lcore.Scaler.Warnings), text);
    }

    [Fact]
    public void The_meter_reads_each_open_scalers_counters()
    {
        using ServiceProvider services = Services(options => options.DecisionPeriod = TimeSpan.FromMicroseconds(1));
        using Listener listener = new(services.GetRequiredService<IMeterFactory>());
        PollScaleLcores lcores = services.GetRequiredService<PollScaleLcores>();
        PollScaleLcore lcore = lcores.Open();
        for (int poll = 0; poll < 200_000; poll++)
        {
            lcore.Scaler.Observe(poll % 2 == 0 ? 8 : 0, 5);
        }

        IReadOnlyDictionary<string, double> seen = listener.Collect();
        Assert.Equal(800_000, seen["pollscale.packets"]);
        Assert.Equal(lcore.Scaler.LastGranted, seen["pollscale.pstate"]);
        Assert.Equal(5, seen["pollscale.backlog"]);
        Assert.True(lcore.Scaler.Decisions > 10, $"{lcore.Scaler.Decisions}");

        // The start is a decision of the scaler's, not of the governor's: without a reason, and without a call of its own that was not counted.
        Assert.Equal(lcore.Trace.Written, (ulong)seen.Where(value => value.Key.StartsWith("pollscale.decisions{", StringComparison.Ordinal)).Sum(value => value.Value));
        Assert.Equal(lcore.Scaler.Calls + 1, (ulong)seen["pollscale.calls{granted}"]); // and the question at the start
        Assert.InRange(seen["pollscale.call.duration{0.5}"], 0, seen["pollscale.call.duration{1}"]);

        lcore.Dispose();
        Assert.Empty(listener.Collect());
    }

    [Fact]
    public void Waits_are_counted_and_timed()
    {
        using ServiceProvider services = Services(options => options.Governor = "optimal-available:delay-bound=100ms,peak=50000,max-wait=1ms");
        using Listener listener = new(services.GetRequiredService<IMeterFactory>());
        using PollScaleLcore lcore = services.GetRequiredService<PollScaleLcores>().Open();
        Assert.DoesNotContain(listener.Collect().Keys, name => name.StartsWith("pollscale.wake.lateness", StringComparison.Ordinal));
        Stopwatch time = Stopwatch.StartNew();
        while (lcore.Scaler.Waits < 5 && time.Elapsed < TimeSpan.FromSeconds(30))
        {
            lcore.Scaler.Observe(0, 0);
            lcore.Scaler.Idle();
        }

        IReadOnlyDictionary<string, double> seen = listener.Collect();
        Assert.Equal(5, seen["pollscale.waits"]);
        Assert.Equal(lcore.Scaler.Idled.TotalSeconds, seen["pollscale.idle.time"]);
        Assert.InRange(seen["pollscale.wake.lateness{0.5}"], 0, seen["pollscale.wake.lateness{1}"]);
    }

    [Fact]
    public void Calls_that_the_host_refuses_are_counted_by_their_status()
    {
        LoopbackTransport host = new(s_table) { Fault = FrequencyStatus.Throttled };
        using ServiceProvider services = Services(options => options.Transport = _ => host);
        using Listener listener = new(services.GetRequiredService<IMeterFactory>());
        using PollScaleLcore lcore = services.GetRequiredService<PollScaleLcores>().Open();

        IReadOnlyDictionary<string, double> seen = listener.Collect();
        Assert.Equal((1, 1), (seen["pollscale.calls{granted}"], seen["pollscale.calls{throttled}"]));
    }

    [Fact]
    public void An_unknown_backlog_is_no_measurement()
    {
        using ServiceProvider services = Services(options => options.DecisionPeriod = TimeSpan.FromMicroseconds(1));
        using Listener listener = new(services.GetRequiredService<IMeterFactory>());
        using PollScaleLcore lcore = services.GetRequiredService<PollScaleLcores>().Open();
        for (int poll = 0; poll < 200_000; poll++)
        {
            lcore.Scaler.Observe(0, -1);
        }

        Assert.DoesNotContain("pollscale.backlog", listener.Collect().Keys);
    }

    private static ServiceProvider Services(Action<PollScaleOptions> configure, ILoggerProvider? log = null)
    {
        ServiceCollection services = new();
        services.AddPollScale(options =>
        {
            options.Pinning = ThreadPinning.Ignore;
            options.Transport = _ => new LoopbackTransport(s_table);
            configure(options);
        });
        if (log is not null)
        {
            services.AddSingleton(log);
        }

        return services.BuildServiceProvider();
    }
}
