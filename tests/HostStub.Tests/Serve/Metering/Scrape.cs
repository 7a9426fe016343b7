using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace PollScale.HostStub.Tests.Serve.Metering;

/// <summary>What serve's metrics were at one moment, in Prometheus' form.</summary>
internal sealed partial class Scrape
{
    private static readonly HttpClient s_client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Dictionary<string, double> _series = [];

    private Scrape(string text)
    {
        Text = text;
        foreach (Match line in Line().Matches(text))
        {
            string[] labels = [.. Label().Matches(line.Groups[2].Value).Select(label => label.Value).Order(StringComparer.Ordinal)];
            _series.Add($"{line.Groups[1].Value}{{{string.Join(',', labels)}}}", double.Parse(line.Groups[3].Value, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>As it came.</summary>
    public string Text { get; }

    /// <summary>Each series by its name and labels, these in order: <c>name{a="b",c="d"}</c>.</summary>
    public IReadOnlyDictionary<string, double> Series => _series;

    /// <summary>Names of the metrics.</summary>
    public IEnumerable<string> Names => _series.Keys.Select(key => key[..key.IndexOf('{')]).Distinct();

    /// <summary>The value of a series.</summary>
    public double this[string series] => _series.TryGetValue(series, out double value) ? value : throw new KeyNotFoundException($"No {series} in\n{Text}");

    /// <summary>A port of this machine that nobody listens at.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks for them, and again while there is nothing: an answer is kept for 300 ms.</summary>
    public static Scrape Of(int port, Func<Scrape, bool>? until = null, string host = "127.0.0.1")
    {
        for (int left = 100; ; left--)
        {
            Scrape scrape = new(s_client.GetStringAsync($"http://{host}:{port}/metrics").GetAwaiter().GetResult());
            if (until is null || left == 0 || until(scrape))
            {
                return scrape;
            }

            Thread.Sleep(100);
        }
    }

    /// <summary>The status of an answer.</summary>
    public static HttpStatusCode Status(string url) => s_client.GetAsync(new Uri(url)).GetAwaiter().GetResult().StatusCode;

    [GeneratedRegex(@"^([a-z_0-9]+)(?:\{(.*)\})? ([-+.0-9eEInfNa]+)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"[a-z_]+=""[^""]*""")]
    private static partial Regex Label();
}
