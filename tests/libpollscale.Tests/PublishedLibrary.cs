using PollScale.Tests.Shared;

namespace PollScale.C.Tests;

/// <summary>libpollscale.so as ./test publishes it, and programs in C that use it.</summary>
internal static class PublishedLibrary
{
    private const string Soname = "libpollscale.so.0";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>Its path; null where it was not published.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Skips the test where there is no library or no compiler.</summary>
    public static void Require()
    {
        Xunit.Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        Xunit.Assert.SkipUnless(Path is not null, "libpollscale.so is not published: dotnet publish Sdk.C -c Release.");
    }

    /// <summary>Compiles a program beside the tests.</summary>
    /// <param name="name">Its source's name, without .c.</param>
    /// <param name="options">For the compiler.</param>
    /// <returns>Its path.</returns>
    public static string Program(string name, params string[] options)
    {
        string folder = Directory.CreateDirectory(System.IO.Path.Combine(CCompiler.OutputDirectory, $"{name}-{options.Length}")).FullName, program = System.IO.Path.Combine(folder, name);
        string link = System.IO.Path.Combine(folder, Soname);
        File.Delete(link);
        File.CreateSymbolicLink(link, Path!);
        (int status, _, string error) = CCompiler.Run("gcc",
            ["-std=gnu11", "-Wall", "-Wextra", "-Werror", .. options, $"-I{AppContext.BaseDirectory}", System.IO.Path.Combine(AppContext.BaseDirectory, name + ".c"), "-o", program, $"-L{folder}", $"-l:{Soname}", "-pthread", $"-Wl,-rpath,{folder}"]);
        Xunit.Assert.True(status == 0, error);
        return program;
    }

    /// <summary>Runs a program to its end, which has to be status 0. Pointers in a heap of .NET no sanitizer sees: leaks are not looked for.</summary>
    /// <returns>Its lines.</returns>
    public static string[] Run(string program, params string[] arguments) => Run(program, 0, arguments);

    /// <summary>The same, with another status.</summary>
    public static string[] Run(string program, int expected, string[] arguments)
    {
        (int status, string output, string error) = CCompiler.Run("env", ["ASAN_OPTIONS=detect_leaks=0", "timeout", $"{s_limit.TotalSeconds}", program, .. arguments]);
        Xunit.Assert.True(status == expected, $"{System.IO.Path.GetFileName(program)} {string.Join(' ', arguments)} ended with status {status}.\n{output}{error}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string? Find()
    {
        string? path = Checkout.Root is string root ? System.IO.Path.Combine(root, "artifacts/publish/libpollscale/release_linux-x64/libpollscale.so") : null;
        return File.Exists(path) ? path : null;
    }
}
