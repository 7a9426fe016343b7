using Microsoft.Playwright;
using PollScale.HostStub.Tests.EndToEnd;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

/// <summary>Makes the pictures of docs anew: -class '*ScreenshotTests' -explicit only, on a machine with nothing else to do.</summary>
public sealed class ScreenshotTests(Browser browser) : IClassFixture<Browser>
{
    private const int MostBytes = 150_000;

    /// <summary>Workloads whose peak the core serves, as in docs/governors.md.</summary>
    private const string Served = "poisson-30,poisson-70,mmpp2,on-off,square,self-similar,diurnal,cbr-50,sparse,adversary,imix,step";

    [Fact(Explicit = true)]
    public Task Of_simulates_report() => Take("simulate-report.png", 1500, file =>
    {
        (int code, _, string error) = Simulate.Run("--report", file, "--seeds", "1", "--duration", "2s", "--warmup", "1s", "--ring", "4096", "--delay-bound", "1ms", "--traffic", Served);
        Assert.True(code == 0, error);
    });

    [Fact(Explicit = true)]
    public Task Of_a_runs_report() => Take("run-report.png", 900, file =>
    {
        HostStubProcess.Result run = HostStubProcess.Demo(needsKvm: false, "--no-vm", "--report", file);
        Assert.True(File.Exists(file), run.Error);
    });

    private async Task Take(string name, int height, Action<string> make)
    {
        Assert.SkipWhen(Checkout.Root is null, "The repository is not here: only the compiled tests are.");
        string picture = Path.Combine(Checkout.Root!, "docs", name);
        using TemporaryFolder folder = new();
        make(folder["page.html"]);
        await using OpenedPage opened = await browser.Open(File.ReadAllText(folder["page.html"]), width: 1120);
        await opened.Page.ScreenshotAsync(new PageScreenshotOptions { Path = picture, FullPage = false, Clip = new Clip { X = 0, Y = 0, Width = 1120, Height = height } });
        Assert.InRange(new FileInfo(picture).Length, 10_000, MostBytes);
    }
}
