using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Metering;

/// <summary>What metrics cost where 1,000 vCPUs are served: docs/metrics.md has the figures. Takes a minute: -explicit only.</summary>
[Collection("metrics of serve")] // each starts programs: one at a time
public partial class MetricsCostTests
{
    private const int Guests = 200, Vcpus = 5, Scrapes = 20;

    [Fact(Explicit = true)]
    public void A_thousand_vCPUs()
    {
        using TemporaryTree tree = new();
        int port = Scrape.FreePort();
        long without = Serve(tree, [], _ => { });
        long with = Serve(tree, ["--metrics", $"127.0.0.1:{port}"], serve =>
        {
            long before = Rss(serve);
            using HttpClient client = new();
            List<double> times = [];
            string text = "";
            TimeSpan cpu = Cpu(serve);
            for (int i = 0; i < Scrapes; i++)
            {
                Thread.Sleep(400); // an answer is kept for 300 ms
                Stopwatch time = Stopwatch.StartNew();
                text = client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")).GetAwaiter().GetResult();
                times.Add(time.Elapsed.TotalMilliseconds);
            }

            double each = (Cpu(serve) - cpu).TotalMilliseconds / Scrapes;
            times.Sort();
            int series = Regex.Count(text, "^[a-z]", RegexOptions.Multiline);
            Tell($"{series} series, {text.Length} bytes; a scrape {times[Scrapes / 2]:f0} ms (median of {Scrapes}; first and longest {times[^1]:f0} ms), {each:f0} ms of CPU with what serve does meanwhile; RSS {before >> 20} MiB before the first, {Rss(serve) >> 20} MiB after");
            Assert.InRange(series, Guests * Vcpus * 15, Guests * Vcpus * 30);
            Assert.DoesNotContain("otel_metric_overflow", text, StringComparison.Ordinal);
        });
        Tell($"RSS without --metrics {without >> 20} MiB, with it at the end {with >> 20} MiB");
    }

    private static void Tell(string text) => TestContext.Current.SendDiagnosticMessage("{0}", text);

    private static long Serve(TemporaryTree tree, string[] options, Action<ServeProcess> meanwhile)
    {
        string policy = tree.Write("policy.yaml", $"version: 1\nguests:\n{string.Concat(Enumerable.Range(0, Guests).Select(guest =>
            $"  - {{name: guest{guest}, control: true, vcpus: [{string.Join(", ", Enumerable.Range(0, Vcpus).Select(vcpu => $"{{vcpu: {vcpu}, pcpu: {(guest * Vcpus) + vcpu}, channel: {{listen: {tree.Root}/{guest}.{vcpu}}}}}"))}]}}\n"))}");
        using ServeProcess serve = new(["--policy", policy, .. options]);
        List<StreamDescriptor> channels = [];
        for (int i = 0; i < Guests * Vcpus; i++)
        {
            StreamDescriptor channel = ChannelLab.Connect($"{tree.Root}/{i / Vcpus}.{i % Vcpus}");
            channels.Add(channel);
            foreach (ScaleUnit unit in (ScaleUnit[])[ScaleUnit.Min, ScaleUnit.Up, ScaleUnit.Max])
            {
                ChannelLab.Ask(channel, ChannelLab.Request(ChannelCommand.CpuPower, unit, (ulong)(i % Vcpus)));
                Thread.Sleep(1);
            }
        }

        meanwhile(serve);
        long rss = Rss(serve);
        channels.ForEach(channel => channel.Dispose());
        serve.Kill();
        return rss;
    }

    private static long Rss(ServeProcess serve) =>
        long.Parse(VmRss().Match(File.ReadAllText($"/proc/{serve.Pid}/status")).Groups[1].Value, CultureInfo.InvariantCulture) << 10;

    private static TimeSpan Cpu(ServeProcess serve)
    {
        using Process process = Process.GetProcessById(serve.Pid);
        return process.TotalProcessorTime;
    }

    [GeneratedRegex(@"VmRSS:\s+(\d+)")]
    private static partial Regex VmRss();
}
