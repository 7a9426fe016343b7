using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>The unit of serve, by systemd's own judgement.</summary>
public sealed class ServiceUnitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("service").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData("cpufreq.conf")]
    [InlineData("observed.conf")]
    [InlineData("answered.conf")]
    [InlineData("module.conf")]
    [InlineData("metrics.conf")]
    public void The_unit_is_valid(string? dropIn)
    {
        string unit = Path.Combine(AppContext.BaseDirectory, "systemd", "hoststub.service");
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed.");
        string copy = Path.Combine(_folder, "hoststub.service");
        Copy(unit, copy);
        if (dropIn is not null)
        {
            Directory.CreateDirectory(copy + ".d");
            Copy(Path.Combine(AppContext.BaseDirectory, "systemd", dropIn), Path.Combine(copy + ".d", dropIn));
        }

        (int status, string output, string error) = CCompiler.Run("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", copy]);

        Assert.True(status == 0 && !(output + error).Contains("hoststub.service", StringComparison.Ordinal) && (dropIn is null || !(output + error).Contains(dropIn, StringComparison.Ordinal)), output + error);
    }

    // The program as it is here.
    private static void Copy(string from, string to) =>
        File.WriteAllText(to, File.ReadAllText(from).Replace("/usr/bin/hoststub", Path.Combine(AppContext.BaseDirectory, "hoststub"), StringComparison.Ordinal));
}
