using System.Diagnostics;
using Xunit;

namespace PollScale.Tests.Shared;

/// <summary>Network namespaces that a test makes for itself, with a user namespace where it is not root: nothing of this machine's interfaces changes.</summary>
internal static class OwnNetwork
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Skips the test where there can be none.</summary>
    public static void Require()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/ip") || File.Exists("/usr/bin/ip") || File.Exists("/sbin/ip"), "ip is missing: apt-get install iproute2.");
        (int status, string told) = Run("unshare", "-Urn", "ip", "link", "add", "test0", "type", "veth", "peer", "name", "test1");
        Assert.SkipUnless(status == 0, $"No network namespace with interfaces of its own can be made here: {told.Trim()}");
    }

    /// <summary>Runs a script in one; it must succeed.</summary>
    /// <returns>What it wrote.</returns>
    public static string Script(string script)
    {
        (int status, string told) = Run("unshare", "-Urn", "sh", "-ec", script);
        Assert.True(status == 0, $"{script}\nended with {status}:\n{told}");
        return told;
    }

    private static (int Status, string Told) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return (process.ExitCode, output.Result + error.Result);
    }
}
