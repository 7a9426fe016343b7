using System.Diagnostics;
using PollScale.Native;

namespace PollScale.Tests.Shared.Native;

/// <summary>Makes what .NET cannot.</summary>
internal static class Make
{
    public static void Fifo(string path) => Run("mkfifo", path);

    public static void HardLink(string from, string to) => Run("ln", from, to);

    public static void Own(string path, int user) => Run("chown", "-h", $"{user}:{user}", path);

    public static void Group(string path, int group) => Run("chgrp", group.ToString(System.Globalization.CultureInfo.InvariantCulture), path);

    public static void Mode(string path, uint mode)
    {
        if (LibC.chmod(path, mode) != 0)
        {
            throw new IOException($"chmod of {path} failed");
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{program} {string.Join(' ', arguments)} failed");
        }
    }
}
