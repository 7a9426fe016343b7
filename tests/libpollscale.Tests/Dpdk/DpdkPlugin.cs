using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Dpdk;
using Xunit;

namespace PollScale.C.Tests.Dpdk;

/// <summary>librte_pollscale.so as ./test compiles it, and programs that know nothing of it.</summary>
internal static class DpdkPlugin
{
    private const string Name = "librte_pollscale.so", Soname = "libpollscale.so.0";
    private const UnixFileMode Others = UnixFileMode.OtherWrite;

    /// <summary>Debian's test application.</summary>
    public const string Testpmd = DpdkProcess.TestpmdProgram;

    private static readonly Lazy<string> s_withLibrary = new(() => Copied("with", library: true));
    private static readonly Lazy<string> s_alone = new(() => Copied("alone", library: false));

    /// <summary>Its path, in a folder with libpollscale.</summary>
    public static string Path => s_withLibrary.Value;

    /// <summary>Its path, in a folder of its own: it finds no library.</summary>
    public static string PathAlone => s_alone.Value;

    /// <summary>Skips the test where something is missing.</summary>
    public static void Require()
    {
        PublishedLibrary.Require();
        Assert.SkipUnless(File.Exists("/usr/bin/pkg-config") && CCompiler.Run("pkg-config", ["--exists", "libdpdk"]).Status == 0, "pkg-config finds no libdpdk: apt-get install pkg-config libdpdk-dev.");
        Assert.SkipUnless(ThreadAffinity.Get(out cpu_set_t cpus) == 0 && cpus.IsSet(0) && cpus.IsSet(1), "DPDK's lcores are to be on CPUs 0 and 1, which are not both this process's.");
        Assert.SkipUnless(File.Exists(Testpmd), $"{Testpmd} is missing: apt-get install dpdk-dev.");
        Assert.SkipUnless(File.Exists(Published), "librte_pollscale.so is not compiled: Sdk.C/dpdk/build.");
        for (DirectoryInfo? folder = new(CCompiler.OutputDirectory); folder is not null; folder = folder.Parent)
        {
            Assert.SkipWhen((folder.UnixFileMode & Others) != 0, $"EAL takes no plugin from below {folder.FullName}, to which others may write.");
        }
    }

    /// <summary>Compiles a program with DPDK.</summary>
    /// <param name="source">Its source.</param>
    /// <param name="options">More for the compiler.</param>
    /// <returns>Its path.</returns>
    public static string Program(string source, params string[] options)
    {
        string program = System.IO.Path.Combine(CCompiler.OutputDirectory, System.IO.Path.GetFileNameWithoutExtension(source));
        string[] dpdk = CCompiler.Run("pkg-config", ["--cflags", "--libs", "libdpdk"]).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        (int status, _, string error) = CCompiler.Run("gcc", ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", source, "-o", program, "-Wl,--as-needed", .. options, .. dpdk, "-pthread"]);
        Assert.True(status == 0, error);
        return program;
    }

    private static string Published => System.IO.Path.Combine(Checkout.Root!, "artifacts/publish/librte_pollscale", Name);

    // EAL follows links, so that a link would be found where the file is.
    private static string Copied(string folder, bool library)
    {
        string path = Directory.CreateDirectory(System.IO.Path.Combine(CCompiler.OutputDirectory, "plugin-" + folder)).FullName, link = System.IO.Path.Combine(path, Soname);
        File.Copy(Published, System.IO.Path.Combine(path, Name), overwrite: true);
        File.Delete(link);
        if (library)
        {
            File.CreateSymbolicLink(link, PublishedLibrary.Path!);
        }

        return System.IO.Path.Combine(path, Name);
    }
}
