using System.Diagnostics;
using System.Text.Json;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Metering;

/// <summary>Debian's Prometheus that scrapes one port twice a second; until it is disposed.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private const string Program = "/usr/bin/prometheus", Tool = "/usr/bin/promtool";
    private static readonly HttpClient s_client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly int _port = Scrape.FreePort();
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="folder">For its configuration and data.</param>
    /// <param name="scraped">The port.</param>
    /// <param name="rules">A file of rules.</param>
    public PrometheusServer(string folder, int scraped, string rules)
    {
        string configuration = Path.Combine(folder, "prometheus.yaml");
        File.WriteAllText(configuration, $$"""
            global: {scrape_interval: 500ms, evaluation_interval: 500ms}
            rule_files: ["{{rules}}"]
            scrape_configs:
              - {job_name: pollscale, static_configs: [{targets: ["127.0.0.1:{{scraped}}"]}]}
            """);
        _process = Process.Start(new ProcessStartInfo(Program, [$"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder, "tsdb")}", $"--web.listen-address=127.0.0.1:{_port}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Skips the test where Prometheus is not installed.</summary>
    public static void Require() => Assert.SkipUnless(File.Exists(Program) && File.Exists(Tool), "Debian's prometheus is not installed: ./test installs it.");

    /// <summary>Runs promtool.</summary>
    /// <returns>Its status, and what it said.</returns>
    public static (int Status, string Said) Promtool(string folder, string? input, params string[] arguments)
    {
        using Process tool = Process.Start(new ProcessStartInfo(Tool, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> error = tool.StandardError.ReadToEndAsync();
        Task<string> output = tool.StandardOutput.ReadToEndAsync();
        tool.StandardInput.Write(input ?? "");
        tool.StandardInput.Close();
        tool.WaitForExit();
        return (tool.ExitCode, output.Result + error.Result);
    }

    /// <summary>Waits until it has scraped more than once: a rate needs two values.</summary>
    public void WaitForScrapes() => ChannelLab.Until(() => TryQuery("sum_over_time(up[1h]) >= 2").Length > 0, "Prometheus scrapes nothing.");

    /// <summary>Evaluates an expression.</summary>
    /// <returns>A result for each series.</returns>
    public JsonElement[] Query(string expression)
    {
        JsonElement answer = Get($"query?query={Uri.EscapeDataString(expression)}");
        Assert.True(answer.GetProperty("status").GetString() == "success", $"{expression}: {answer}");
        return [.. answer.GetProperty("data").GetProperty("result").EnumerateArray()];
    }

    /// <summary>All rules.</summary>
    public JsonElement[] Rules() => [.. Get("rules").GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())];

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private JsonElement[] TryQuery(string expression)
    {
        try
        {
            return Query(expression);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            // It does not listen yet, or says in words that it still starts.
            Assert.False(_process.HasExited, "Prometheus has ended.");
            Thread.Sleep(200);
            return [];
        }
    }

    private JsonElement Get(string what) => JsonDocument.Parse(s_client.GetAsync(new Uri($"http://127.0.0.1:{_port}/api/v1/{what}")).GetAwaiter().GetResult().Content.ReadAsStringAsync().GetAwaiter().GetResult()).RootElement;
}
