using Microsoft.Playwright;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

/// <summary>Makes the pictures of docs anew: -class '*ScreenshotTests' -explicit only.</summary>
public sealed class ScreenshotTests(Browser browser) : IClassFixture<Browser>
{
    private const int MostBytes = 150_000;

    [Fact(Explicit = true)]
    public async Task Of_simulates_report()
    {
        Assert.SkipWhen(Checkout.Root is null, "The repository is not here: only the compiled tests are.");
        string file = Path.Combine(Path.GetTempPath(), $"pollscale-{Guid.NewGuid():N}.html"), picture = Path.Combine(Checkout.Root!, "docs/simulate-report.png");
        try
        {
            (int code, _, string error) = Simulate.Run("--report", file, "--governor", "optimal-available,drain-time,max,l3fwd-power,pmd-sleep,ondemand,schedutil", "--seeds", "2", "--duration", "500ms", "--warmup", "200ms");
            Assert.True(code == 0, error);
            await using OpenedPage opened = await browser.Open(File.ReadAllText(file), width: 960);
            await opened.Page.ScreenshotAsync(new PageScreenshotOptions { Path = picture, FullPage = false, Clip = new Clip { X = 0, Y = 0, Width = 960, Height = 840 } });
        }
        finally
        {
            File.Delete(file);
        }

        Assert.InRange(new FileInfo(picture).Length, 10_000, MostBytes);
    }
}
