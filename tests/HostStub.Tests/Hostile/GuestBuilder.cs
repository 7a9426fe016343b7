using System.Collections.Concurrent;
using PollScale.HostStub.Cli;

namespace PollScale.HostStub.Tests.Hostile;

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

    /// <summary>The NativeAOT image that ./test publishes, or null.</summary>
    public static string? NativeAotImage => GuestImage.Default() is var path && File.Exists(path) ? path : null;

    /// <summary>Path of a guest's ELF.</summary>
    /// <param name="name">Name of its source, or the path of an image that exists.</param>
    public static string Build(string name) => Path.IsPathRooted(name) ? name : s_built.GetOrAdd(name, static n => new Lazy<string>(() => Compile(n))).Value;

    private static string Compile(string name)
    {
        if (Path.Combine(s_prebuilt, name) is var prebuilt && File.Exists(prebuilt))
        {
            return prebuilt;
        }

        string source = Path.Combine(AppContext.BaseDirectory, "Guests", name + ".c");
        string output = Path.Combine(CCompiler.OutputDirectory, name);
        bool libc = !File.ReadAllText(source).Contains("#define GUEST_NO_LIBC", StringComparison.Ordinal);
        (int status, _, string error) = CCompiler.Run("gcc", [.. s_flags, .. libc ? s_withLibc : s_withoutLibc, "-o", output, source]);
        return status == 0 ? output : throw new InvalidOperationException($"gcc could not compile {name}.c:\n{error}");
    }
}
