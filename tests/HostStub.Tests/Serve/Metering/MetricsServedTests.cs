using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Metering;

/// <summary>serve --metrics: what is scraped agrees with what guests asked.</summary>
[Collection("metrics of serve")] // each starts programs: one at a time
public class MetricsServedTests
{
    private static readonly byte[] s_min = ChannelLab.Scale(ScaleUnit.Min), s_max = ChannelLab.Scale(ScaleUnit.Max);

    [Fact]
    public void What_is_scraped_agrees_with_what_each_guest_asked_and_was_answered()
    {
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        using ServeProcess serve = new("--policy", guests.Write("free control: true, fastest: 1", "bound control: false"), "--audit", guests.At("audit.jsonl"), "--metrics", $"127.0.0.1:{port}");
        using (StreamDescriptor free = guests.Connect("free"), bound = guests.Connect("bound"))
        {
            ServedGuests.Ask(free, 3, s_min, ReplyCommand.Ack);
            ServedGuests.Ask(free, 1, s_max, ReplyCommand.Ack);
            ServedGuests.Ask(bound, 5, s_min, ReplyCommand.Nack);

            Scrape scrape = Scrape.Of(port, scrape => scrape["pollscale_host_audit_decisions_total{result=\"suppressed\"}"] + scrape["pollscale_host_audit_decisions_total{result=\"written\"}"] == 9);

            Assert.Equal(4, scrape["""pollscale_host_requests_total{channel="listen",guest="free",result="acked",vcpu="0"}"""]);
            Assert.Equal(5, scrape["""pollscale_host_requests_total{channel="listen",guest="bound",result="refused",vcpu="0"}"""]);
            Assert.Equal(0, scrape["""pollscale_host_requests_total{channel="listen",guest="bound",result="acked",vcpu="0"}"""]);
            Assert.Equal(5, scrape["""pollscale_host_vcpu_calls_total{guest="bound",result="denied",vcpu="0"}"""]);
            Assert.Equal(4, Of(scrape, "pollscale_host_vcpu_calls_total", "free"));
            Assert.Equal(9, scrape["pollscale_host_request_duration_seconds_count{}"]);
            Assert.Equal(9, scrape["""pollscale_host_request_duration_seconds_bucket{le="+Inf"}"""]);
            Assert.InRange(scrape["pollscale_host_request_duration_seconds_sum{}"], 1e-7, 30);
            Assert.Equal(scrape["pollscale_host_request_duration_seconds_sum{}"], Of(scrape, "pollscale_host_request_time_seconds_total", "free") + Of(scrape, "pollscale_host_request_time_seconds_total", "bound"), 1e-6);
            Assert.Equal((1, 0), (scrape["""pollscale_host_vcpu_control{guest="free",vcpu="0"}"""], scrape["""pollscale_host_vcpu_control{guest="bound",vcpu="0"}"""]));

            // Asked for the fastest, and bound to the one after it.
            double wished = scrape["""pollscale_host_vcpu_frequency_hertz{guest="free",kind="wished",vcpu="0"}"""], granted = scrape["""pollscale_host_vcpu_frequency_hertz{guest="free",kind="granted",vcpu="0"}"""];
            Assert.True(wished > granted && granted > 1e8, $"{wished} {granted}");
            Assert.Equal(granted, scrape["""pollscale_host_vcpu_frequency_hertz{guest="free",kind="real",vcpu="0"}"""]);
            Assert.Equal(1, scrape["""pollscale_host_vcpu_reason{guest="free",reason="bound_fastest",vcpu="0"}"""]);
            Assert.DoesNotContain("""pollscale_host_vcpu_frequency_hertz{guest="bound",kind="wished",vcpu="0"}""", scrape.Series.Keys);
            Assert.True(Of(scrape, "pollscale_host_vcpu_pstate_time_seconds_total", "free") > 0 && Of(scrape, "pollscale_host_vcpu_energy_joules_total", "free") > 0);
            Assert.Equal((2, 0), (scrape["""pollscale_host_channels{state="connected"}"""], scrape["""pollscale_host_channels{state="waiting"}"""]));
        }

        Assert.Equal(0, Scrape.Of(port, scrape => scrape["""pollscale_host_channels{state="connected"}"""] == 0)["""pollscale_host_channel_connected{channel="listen",guest="free",vcpu="0"}"""]);
        serve.End();
    }

    [Fact]
    public void Series_of_a_guest_that_the_policy_names_no_longer_end_and_counters_of_the_others_go_on()
    {
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        using ServeProcess serve = new("--policy", guests.Write("a control: true", "b control: true"), "--metrics", $"127.0.0.1:{port}");
        using StreamDescriptor a = guests.Connect("a");
        ServedGuests.Ask(a, 2, s_min, ReplyCommand.Ack);
        Assert.Contains(Scrape.Of(port).Series.Keys, key => key.Contains("guest=\"b\"", StringComparison.Ordinal));

        guests.Write("a control: true", "c control: true");
        serve.Reload();
        Scrape after = Scrape.Of(port, scrape => scrape.Series.Keys.Any(key => key.Contains("guest=\"c\"", StringComparison.Ordinal)));
        Assert.DoesNotContain(after.Series.Keys, key => key.Contains("guest=\"b\"", StringComparison.Ordinal));
        Assert.Contains("""pollscale_host_vcpu_control{guest="c",vcpu="0"}""", after.Series.Keys);
        Assert.Equal(2, after["""pollscale_host_requests_total{channel="listen",guest="a",result="acked",vcpu="0"}"""]);
        Assert.Equal((1, 0), (after["""pollscale_host_reloads_total{result="in_force"}"""], after["""pollscale_host_reloads_total{result="refused"}"""]));

        File.WriteAllText(guests.Policy, "version: 7");
        serve.Reload();
        Assert.Equal(1, Scrape.Of(port, scrape => scrape["""pollscale_host_reloads_total{result="refused"}"""] > 0)["""pollscale_host_reloads_total{result="refused"}"""]);
        serve.EndTelling();
    }

    // Each packet names a VM of its own and another command, resource and unit.
    [Fact]
    public void Whatever_a_guest_sends_adds_no_more_series_than_there_are_answers()
    {
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        using ServeProcess serve = new("--policy", guests.Write("hostile control: true"), "--metrics", $"127.0.0.1:{port}");
        using StreamDescriptor hostile = guests.Connect("hostile");
        ServedGuests.Ask(hostile, 1, s_min, ReplyCommand.Ack);
        int before = Scrape.Of(port).Series.Count;
        for (int i = 0; i < 500; i++)
        {
            byte[] packet = ChannelLab.Request((ChannelCommand)i, (ScaleUnit)(i * 7), (ulong)i);
            ChannelPackets.WriteVmName(packet, ChannelPackets.VmName($"vm{i}"));
            ChannelLab.Write(hostile, packet);
        }

        Scrape after = Scrape.Of(port, scrape => scrape.Series.Where(series => series.Key.StartsWith("pollscale_host_requests_total", StringComparison.Ordinal)).Sum(series => series.Value) >= 500);
        Assert.All(after.Series.Keys.Where(key => key.Contains("guest=", StringComparison.Ordinal)), key => Assert.Contains("guest=\"hostile\"", key, StringComparison.Ordinal));
        Assert.InRange(after.Series.Count, before, before + 6 + 9 + 3 + 4); // answers, decisions, faults, and what one call has made of reason and P-states
        serve.EndTelling();
    }

    [Fact]
    public void On_loopback_both_its_address_and_localhost_are_answered_and_other_names_are_not()
    {
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        using ServeProcess serve = new("--policy", guests.Write("a control: true"), "--metrics", $"127.0.0.1:{port}");

        Assert.Equal($"Metrics are served at http://127.0.0.1:{port}/metrics.", serve.Notice("Metrics"));
        Assert.Equal(HttpStatusCode.OK, Scrape.Status($"http://127.0.0.1:{port}/metrics"));
        Assert.Equal(HttpStatusCode.OK, Scrape.Status($"http://localhost:{port}/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, Scrape.Status($"http://127.0.0.1:{port}/"));
        serve.End();
    }

    [Fact]
    public void On_every_address_it_answers_and_says_who_may_read_it()
    {
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        using ServeProcess serve = new("--policy", guests.Write("a control: true"), "--metrics", $"0.0.0.0:{port}");

        Assert.Contains("to whoever reaches this address", serve.Notice("Metrics"), StringComparison.Ordinal);
        Assert.NotEmpty(Scrape.Of(port, host: Dns.GetHostName()).Series);
        serve.End();
    }

    [Fact]
    public void Debians_way_by_variables_serves_the_same()
    {
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        Dictionary<string, string> environment = new() { ["OTEL_METRICS_EXPORTER"] = "prometheus", ["OTEL_EXPORTER_PROMETHEUS_HOST"] = "127.0.0.1", ["OTEL_EXPORTER_PROMETHEUS_PORT"] = $"{port}" };
        using ServeProcess serve = new(environment, "--policy", guests.Write("a control: true"));

        Assert.Contains("""pollscale_host_vcpu_control{guest="a",vcpu="0"}""", Scrape.Of(port).Series.Keys);
        serve.End();
    }

    [Fact]
    public void A_port_that_is_taken_ends_the_start_before_anything_is_taken_over()
    {
        using ServedGuests guests = new();
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "hoststub"), ["serve", "--policy", guests.Write("a control: true"), "--metrics", $"{taken.LocalEndpoint}"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(2, process.ExitCode);
        Assert.Equal($"hoststub: Metrics cannot be served at {taken.LocalEndpoint}: Address already in use. Give another address or port to --metrics; `ss -ltnp` says who has this one.\n", error);
        Assert.False(File.Exists(guests.At("a")));
    }

    private static double Of(Scrape scrape, string name, string guest) => scrape.Series
        .Where(series => series.Key.StartsWith($"{name}{{", StringComparison.Ordinal) && series.Key.Contains($"guest=\"{guest}\"", StringComparison.Ordinal)).Sum(series => series.Value);
}
