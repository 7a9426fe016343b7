using System.Diagnostics;

namespace PollScale.HostStub.Tests.Channels.Acpi;

/// <summary>Debian's compiler of ACPI tables, as judge of ours.</summary>
internal static class Iasl
{
    /// <summary>Why it cannot judge here; null where it can.</summary>
    public static string? Missing { get; } = File.Exists("/usr/bin/iasl") ? null : "iasl is missing: apt-get install acpica-tools.";

    /// <summary>Runs it in a folder.</summary>
    /// <returns>What it printed, and whether it was content.</returns>
    public static (bool Succeeded, string Output) Run(string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("/usr/bin/iasl", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode == 0, output);
    }

    /// <summary>Disassembles a table and compiles the text again.</summary>
    /// <returns>The text, and the content of the table that was made of it, without its header.</returns>
    public static (string Asl, byte[] Content) RoundTrip(string folder, byte[] table)
    {
        File.WriteAllBytes(Path.Combine(folder, "ours.aml"), table);
        (bool read, string said) = Run(folder, "-d", "ours.aml");
        Xunit.Assert.True(read, said);
        string asl = File.ReadAllText(Path.Combine(folder, "ours.dsl"));
        return (asl, Compile(folder, "ours.dsl"));
    }

    /// <summary>Compiles a text.</summary>
    /// <returns>The content of the table, without its header and without the names that it takes from others: they stand first, in If (Zero).</returns>
    public static byte[] Compile(string folder, string name)
    {
        const byte If = 0xA0;
        const int HeaderBytes = 36;
        (bool compiled, string complaint) = Run(folder, "-p", "compiled", name);
        Xunit.Assert.True(compiled, complaint);
        byte[] content = File.ReadAllBytes(Path.Combine(folder, "compiled.aml"))[HeaderBytes..];
        while (content[0] == If)
        {
            int more = content[1] >> 6, length = more == 0 ? content[1] : content[1] & 0xF;
            for (int i = 0; i < more; i++)
            {
                length |= content[2 + i] << (4 + (8 * i));
            }

            content = content[(1 + length)..];
        }

        return content;
    }
}
