using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PollScale.Tests.Shared;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Minimal;

public class MinimalTests
{
    private const int Datagrams = 200;

    [Fact]
    public void The_snippet_of_the_readme_is_the_sample()
    {
        string readme = Text("README.md"), sample = Text("Samples/Minimal/Program.cs");
        Assert.Contains($"```csharp\n{sample}```\n", readme, StringComparison.Ordinal);
        Assert.InRange(sample.Split('\n').Length, 30, 65);
    }

    [Fact]
    public async Task It_runs_unpinned_and_without_a_host()
    {
        Assert.SkipUnless(CpuidDiscovery.Find() is null, "this machine has a PollScale host");

        using Process sample = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "minimal.dll"), "0", "5"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = sample.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string first = await sample.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        Assert.StartsWith("Polling 127.0.0.1:", first, StringComparison.Ordinal);
        Assert.EndsWith("scaled over loopback.", first, StringComparison.Ordinal);
        int port = int.Parse(first["Polling 127.0.0.1:".Length..first.IndexOf(' ', "Polling ".Length)], CultureInfo.InvariantCulture);

        using UdpClient client = new();
        client.Connect(IPAddress.Loopback, port);
        for (int i = 0; i < Datagrams; i++)
        {
            byte[] sent = Encoding.ASCII.GetBytes($"datagram {i}");
            await client.SendAsync(sent, TestContext.Current.CancellationToken);
            Assert.Equal(sent, (await client.ReceiveAsync(TestContext.Current.CancellationToken)).Buffer);
        }

        string rest = await sample.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await sample.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, sample.ExitCode);
        Assert.StartsWith($"{Datagrams} datagrams, ", rest, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 decisions", rest, StringComparison.Ordinal);
        string line = Assert.Single((await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Runs on, and scales nothing. ", line, StringComparison.Ordinal);
    }

    private static string Text(string path) =>
        File.ReadAllText(Path.Combine(Checkout.Root ?? throw new InvalidOperationException("Sdk.sln is in no folder above the tests."), path));
}
