using System.Diagnostics;
using Xunit;

namespace PollScale.Tests.Shared;

/// <summary>Programs that prepare a test.</summary>
internal static class Shell
{
    /// <summary>Runs one; it must succeed.</summary>
    public static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
