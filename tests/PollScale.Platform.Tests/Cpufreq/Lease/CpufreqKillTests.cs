using System.Diagnostics;
using System.Globalization;
using PollScale.Cpufreq;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.Tests.Cpufreq;

/// <summary>Processes that control real files and are killed.</summary>
public sealed class CpufreqKillTests : IDisposable
{
    private const int Kills = 100;
    private static readonly string[] s_files = ["scaling_governor", "scaling_min_freq", "scaling_max_freq"];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _root = new();
    private readonly TemporaryFolder _leases = new();

    public void Dispose()
    {
        _root.Dispose();
        _leases.Dispose();
    }

    [Theory]
    [InlineData("haswell-acpi-cpufreq")]
    [InlineData("skylake-intel-pstate-active")]
    public void After_kill_9_at_any_moment_the_next_start_restores_all(string fixture)
    {
        CpufreqFixture.Load(fixture).WriteTo(_root.Path);
        string[] original = Shown();
        Random random = new(20);
        int left = 0;
        for (int i = 0; i < Kills / 2; i++)
        {
            using Process victim = Start(i);
            victim.StandardOutput.ReadLine();
            Thread.Sleep(TimeSpan.FromMicroseconds(random.Next(40_000)));
            Assert.Equal(0, LibC.kill(victim.Id, LibC.SIGKILL));
            Assert.True(victim.WaitForExit(s_patience));
            left += Shown().SequenceEqual(original) ? 0 : 1;

            CpufreqScaler next = CpufreqScaler.Open(Options());
            Assert.Equal(original, (string[])[next.Policy.Governor, Text(next.Policy.MinKHz), Text(next.Policy.MaxKHz)]);
            next.Dispose();

            Assert.Equal(original, Shown());
            Assert.Empty(Directory.GetFiles(_leases.Path, "*.json*"));
        }

        Assert.True(left > Kills / 20, $"Only {left} of {Kills / 2} kills left anything to restore: the test proves nothing.");
    }

    [Theory]
    [InlineData(LibC.SIGTERM)]
    [InlineData(2)]
    public void A_signal_that_ends_the_process_restores_first(int signal)
    {
        CpufreqFixture.Load("skylake-intel-pstate-active").WriteTo(_root.Path);
        string[] original = Shown();
        using Process victim = Start(1, "hold");
        victim.StandardOutput.ReadLine();
        Assert.NotEqual(original, Shown());

        Assert.Equal(0, LibC.kill(victim.Id, signal));

        Assert.True(victim.WaitForExit(s_patience));
        Assert.Equal(128 + signal, victim.ExitCode);
        Assert.Equal(original, Shown());
        Assert.Equal(["lock"], Directory.GetFiles(_leases.Path).Select(Path.GetFileName));
    }

    private static string Text(uint kHz) => kHz.ToString(CultureInfo.InvariantCulture);

    private CpufreqOptions Options() => new() { Root = _root.Path, Cpu = 0, LeaseFolder = _leases.Path, RestoreOnSignals = false };

    private string[] Shown() => [.. s_files.Select(name => File.ReadLines(_root[$"cpufreq/policy0/{name}"]).First())];

    private Process Start(int seed, params string[] more)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "CpufreqVictim.dll"), _root.Path, _leases.Path, seed.ToString(CultureInfo.InvariantCulture), .. more])
        {
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }
}
