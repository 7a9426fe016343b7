using System.Diagnostics;
using PollScale.HostStub.Run;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>The published guests on CPUs that this machine is not, by QEMU's emulation of a user's program.</summary>
public class OtherCpuTests
{
    private const string Emulator = "/usr/bin/qemu-x86_64-static";

    [Theory]
    [InlineData("Nehalem")]
    [InlineData("Westmere")]
    [InlineData("max")]
    public void From_level_2_on_the_runtime_works(string model)
    {
        (int status, string output, string error) = Run(GuestImage.Probe(), model, "selftest");

        Assert.Equal((0, ""), (status, error));
        Assert.Contains("selftest ok", output);
    }

    [Theory]
    [InlineData("qemu64", "SSSE3, SSE4.1, SSE4.2, POPCNT,")]
    [InlineData("core2duo", "SSE4.1, SSE4.2, POPCNT,")]
    [InlineData("Nehalem,-popcnt", "POPCNT,")]
    [InlineData("Nehalem,-cx16", "CMPXCHG16B,")]
    [InlineData("Nehalem,-lahf-lm", "LAHF,")]
    [InlineData("Nehalem,-pni", "SSE3,")]
    public void Below_it_the_program_names_what_is_missing_and_what_to_set(string model, string missing)
    {
        foreach (string guest in (string[])[GuestImage.Default(), GuestImage.Probe()])
        {
            (int status, string output, string error) = Run(guest, model, "boot");

            Assert.Equal((2, ""), (status, output));
            Assert.Contains($"{Path.GetFileName(guest)}: this CPU lacks {missing}", error);
            Assert.Contains("host-model", error);
            Assert.Contains("-cpu Nehalem", error);
        }
    }

    private static (int Status, string Output, string Error) Run(string guest, string model, string mode)
    {
        Assert.SkipUnless(File.Exists(Emulator), $"There is no {Emulator}: install qemu-user-static.");
        Assert.SkipUnless(File.Exists(guest), $"There is no guest at {guest}: run ./test, which publishes it.");
        using Process process = Process.Start(new ProcessStartInfo(Emulator, ["-cpu", model, guest, mode]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, string.Join('\n', error.Result.Split('\n').Where(line => !line.StartsWith("qemu-x86_64-static: warning", StringComparison.Ordinal))));
    }
}
