using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Report.Html;

/// <summary>uPlot is npm's, byte for byte.</summary>
public sealed class UPlotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pollscale-uplot-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_brought_along_is_what_npm_gives()
    {
        Assert.SkipWhen(Checkout.Root is null, "The repository is not here: only the compiled tests are.");
        string ours = Path.Combine(Checkout.Root!, "HostStub/Tool/Report/Html/uPlot");
        using JsonDocument source = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(ours, "source.json")));
        string name = source.RootElement.GetProperty("name").GetString()!, version = source.RootElement.GetProperty("version").GetString()!;
        Assert.SkipUnless(Directory.Exists("/usr/share/nodejs/npm") || Programs("npm"), "npm is not installed.");
        Assert.SkipUnless(Run("npm", "pack", $"{name}@{version}", "--silent", "--fetch-retries=0", "--fetch-timeout=20000"), "npm's registry cannot be reached.");
        string package = Path.Combine(_folder, $"{name}-{version}.tgz");

        Assert.Equal(source.RootElement.GetProperty("integrity").GetString(), $"sha512-{Convert.ToBase64String(SHA512.HashData(File.ReadAllBytes(package)))}");
        Assert.True(Run("tar", "xzf", package));
        foreach ((string file, string inside) in ((string, string)[])[("LICENSE", "LICENSE"), ("uPlot.iife.min.js", "dist/uPlot.iife.min.js"), ("uPlot.min.css", "dist/uPlot.min.css")])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "package", inside)), File.ReadAllBytes(Path.Combine(ours, file)));
        }
    }

    private static bool Programs(string name) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));

    private bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
