using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PollScale.HostStub.Serve;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Metering;

/// <summary>serve --otlp, with a collector of this test.</summary>
[Collection("metrics of serve")] // each starts programs: one at a time
public class OtlpTests
{
    private static readonly Dictionary<string, string> s_often = new() { ["OTEL_METRIC_EXPORT_INTERVAL"] = "200" };

    [Fact]
    public void A_collector_gets_the_names_and_guests()
    {
        using ServedGuests guests = new();
        using Collector collector = new(Scrape.FreePort());
        using ServeProcess serve = new(s_often, "--policy", guests.Write("forwarder control: true"), "--otlp", $"http://127.0.0.1:{collector.Port}");

        ChannelLab.Until(() => collector.Got("pollscale.host.vcpu.frequency") && collector.Got("forwarder"), "Nothing of the guest comes.");
        Assert.Equal("/v1/metrics application/x-protobuf", collector.Asked);
        Assert.All(["PollScale.Host", "hoststub", "pollscale.host.requests", "pollscale.host.request.time", "pollscale.host.reloads"], name => Assert.True(collector.Got(name), name));
        Assert.Equal($"The collector http://127.0.0.1:{collector.Port}/v1/metrics takes metrics.", serve.Notice("collector"));
        serve.End();
    }

    [Fact]
    public void The_variables_of_OpenTelemetry_do_the_same()
    {
        using ServedGuests guests = new();
        using Collector collector = new(Scrape.FreePort());
        using ServeProcess serve = new(new Dictionary<string, string>(s_often) { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{collector.Port}" }, "--policy", guests.Write("forwarder control: true"));

        ChannelLab.Until(() => collector.Got("pollscale.host.vcpu.frequency"), "Nothing comes.");
        Assert.Equal("/v1/metrics application/x-protobuf", collector.Asked);
        serve.End();
    }

    [Fact]
    public void A_collector_that_is_down_is_told_once_and_again_when_it_comes()
    {
        using ServedGuests guests = new();
        int port = Scrape.FreePort();
        using ServeProcess serve = new(s_often, "--policy", guests.Write("a control: true"), "--otlp", $"http://127.0.0.1:{port}");

        string told = serve.Notice("collector");
        Assert.StartsWith($"The collector http://127.0.0.1:{port}/v1/metrics does not take metrics: Connection refused", told, StringComparison.Ordinal);
        Thread.Sleep(1500); // some seven more tries
        using Collector collector = new(port);
        Assert.EndsWith("takes metrics.", serve.Notice("collector"), StringComparison.Ordinal);
        serve.End();
    }

    [Fact]
    public void One_that_takes_a_connection_and_never_answers_does_not_hold_up_the_end()
    {
        using ServedGuests guests = new();
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using ServeProcess serve = new(s_often, "--policy", guests.Write("a control: true"), "--otlp", $"http://{silent.LocalEndpoint}");
        ChannelLab.Until(silent.Pending, "Nobody connects.");

        Stopwatch time = Stopwatch.StartNew();
        serve.End();
        Assert.True(time.Elapsed < ServeRun.EndsWithin, $"{time.Elapsed}");
    }

    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Lock _gate = new();
        private readonly List<string> _bodies = [];

        public Collector(int port)
        {
            Port = port;
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
            _ = Task.Run(ServeAsync, TestContext.Current.CancellationToken);
        }

        public int Port { get; }

        /// <summary>Path and content type of the last request.</summary>
        public string? Asked { get; private set; }

        // Names and values are text in protobuf too.
        public bool Got(string text)
        {
            lock (_gate)
            {
                return _bodies.Exists(body => body.Contains(text, StringComparison.Ordinal));
            }
        }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = await _listener.GetContextAsync().ConfigureAwait(false);
                    using MemoryStream body = new();
                    await context.Request.InputStream.CopyToAsync(body).ConfigureAwait(false);
                    Asked = $"{context.Request.Url!.AbsolutePath} {context.Request.ContentType}";
                    lock (_gate)
                    {
                        _bodies.Add(Encoding.Latin1.GetString(body.ToArray()));
                    }

                    context.Response.ContentType = "application/x-protobuf";
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // the test has ended
            }
        }
    }
}
