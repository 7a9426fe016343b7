using Microsoft.Playwright;
using PollScale.HostStub.Report.Html;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

/// <summary>Debian's Chromium, without a window.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string _missing = "";

    public async ValueTask InitializeAsync()
    {
        _missing = !File.Exists(Program) ? $"{Program} is missing: apt-get install chromium, as ./test does."
            : !Directory.Exists(Path.Combine(AppContext.BaseDirectory, ".playwright")) ? "What drives a browser is not in this copy of the tests."
            : "";
        if (_missing.Length > 0)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        try
        {
            // Chromium's sandbox refuses root.
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, ChromiumSandbox = !Environment.IsPrivilegedProcess });
        }
        catch (PlaywrightException e) when (e.Message.Contains("sandbox", StringComparison.OrdinalIgnoreCase) && !Environment.IsPrivilegedProcess)
        {
            _missing = "This machine gives a user no sandbox for Chromium.";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens a page; skips the test where there is no browser.</summary>
    internal Task<OpenedPage> Open(ReportPage page, int width = 1280, bool dark = false) => Open(Pages.Html(page), width, dark);

    /// <summary>Opens a page; skips the test where there is no browser.</summary>
    internal async Task<OpenedPage> Open(string html, int width = 1280, bool dark = false)
    {
        Assert.SkipWhen(_browser is null, _missing);
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        return await OpenedPage.Open(context, html);
    }
}
