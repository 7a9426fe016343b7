using System.Collections.Concurrent;
using Xunit;

namespace PollScale.Tests.Shared.Guests;

/// <summary>Compiles the guest programs of tests/Guests, each once a test run.</summary>
internal static class GuestBuilder
{
    private static readonly string[] s_flags = ["-static", "-O1", "-g0", "-D_GNU_SOURCE", "-fno-stack-protector", "-fno-pie", "-no-pie", "-mavx", "-fcf-protection=none"];
    private static readonly string[] s_withLibc = ["-pthread"];
    private static readonly string[] s_withoutLibc = ["-nostdlib", "-ffreestanding"];
    private static readonly ConcurrentDictionary<string, Lazy<string>> s_built = new();

    /// <summary>Guests compiled beforehand, for a machine without a compiler; each is preferred to its source.</summary>
    private static readonly string s_prebuilt = Path.Combine(AppContext.BaseDirectory, "prebuilt");

    /// <summary>Why guests cannot be had here, or null.</summary>
    public static string? Missing => Directory.Exists(s_prebuilt) ? null : CCompiler.Missing;

    /// <summary>Path of a guest's ELF.</summary>
    /// <param name="name">Name of its source, or the path of an image that exists.</param>
    public static string Build(string name) => Path.IsPathRooted(name) ? name : s_built.GetOrAdd(name, static n => new Lazy<string>(() => Compile(n))).Value;

    /// <summary>Path of a guest's ELF by one of the C compilers; skips the test where it is missing.</summary>
    public static string Build(string name, string compiler)
    {
        if (compiler == "gcc")
        {
            return Build(name);
        }

        Require(compiler, "--version");
        string output = Path.Combine(CCompiler.OutputDirectory, $"{name}-{compiler}");
        return s_built.GetOrAdd(output, o => new Lazy<string>(() => Compiled(compiler, [.. s_flags, .. s_withLibc, "-o", o, Source(name + ".c")], o))).Value;
    }

    /// <summary>Path of the ELF of a Rust or Go program; skips the test where the compiler is missing.</summary>
    public static string BuildForeign(string source)
    {
        bool isRust = source.EndsWith(".rs", StringComparison.Ordinal);
        string compiler = isRust ? "rustc" : "go";
        Require(compiler, isRust ? "--version" : "version");
        string output = Path.Combine(CCompiler.OutputDirectory, Path.GetFileNameWithoutExtension(source) + Path.GetExtension(source)[1..]);
        string[] arguments = isRust ? ["-O", "-C", "target-feature=+crt-static", "-o", output, Source(source)] : ["build", "-o", output, Source(source)];
        Environment.SetEnvironmentVariable("CGO_ENABLED", "0");
        return s_built.GetOrAdd(output, o => new Lazy<string>(() => Compiled(compiler, arguments, o))).Value;
    }

    private static void Require(string compiler, string question)
    {
        try
        {
            Assert.SkipUnless(CCompiler.Run(compiler, [question]).Status == 0, $"{compiler} does not run here.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Skip($"{compiler} is not installed: {e.Message}.");
        }
    }

    private static string Source(string file) => Path.Combine(AppContext.BaseDirectory, "Guests", file);

    private static string Compiled(string compiler, IEnumerable<string> arguments, string output)
    {
        (int status, _, string error) = CCompiler.Run(compiler, arguments);
        return status == 0 ? output : throw new InvalidOperationException($"{compiler} could not make {output}:\n{error}");
    }

    private static string Compile(string name)
    {
        if (Path.Combine(s_prebuilt, name) is var prebuilt && File.Exists(prebuilt))
        {
            return prebuilt;
        }

        string source = Source(name + ".c");
        string output = Path.Combine(CCompiler.OutputDirectory, name);
        bool libc = !File.ReadAllText(source).Contains("#define GUEST_NO_LIBC", StringComparison.Ordinal);
        return Compiled("gcc", [.. s_flags, .. libc ? s_withLibc : s_withoutLibc, "-o", output, source], output);
    }
}
