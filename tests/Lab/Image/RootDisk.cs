using System.Runtime.InteropServices;
using PollScale.HostStub.Bench;
using PollScale.HostStub.Run;
using PollScale.Tests.Shared.Guests;

namespace PollScale.Lab.Image;

/// <summary>The disk of an L1 machine: the .NET runtime with its libraries, hoststub and its tests, and the guests.</summary>
internal static class RootDisk
{
    private const string Baseline = "tests/ExitBaseline/exit_baseline.c";
    private const string BenchTool = "taskset";

    /// <summary>Builds it.</summary>
    /// <returns>Its path: an ext4 file system without a journal.</returns>
    /// <exception cref="LabException">Something it is made of is missing.</exception>
    public static string Build()
    {
        foreach (string published in LabFolders.PublishedTests.Where(published => !Directory.Exists(published)))
        {
            throw new LabException($"The programs for the lab are not in {published}: run ./test, which publishes them.");
        }

        string[] guests = [GuestImage.Default(), GuestImage.Probe()];
        if (Array.Find(guests, guest => !File.Exists(guest)) is string missing)
        {
            throw new LabException($"There is no guest at {missing}: run ./test, which publishes it.");
        }

        string sources = Path.Combine(AppContext.BaseDirectory, "Guests");
        (string Source, string Target)[] programs = [.. LabFolders.PublishedTests.SelectMany(Programs).DistinctBy(program => program.Target).OrderBy(program => program.Target, StringComparer.Ordinal)];
        return ImageCache.Get("disk", [.. programs.Select(program => program.Source), .. guests, .. Directory.GetFiles(sources), RepositoryFiles.Find(Baseline), .. LabPrograms.Names.Select(LabPrograms.Build), PathOf(BenchTool), RuntimeEnvironment.GetRuntimeDirectory()],
            path => Build(programs, guests, sources, path));
    }

    private static IEnumerable<(string Source, string Target)> Programs(string published) => Directory.GetFiles(published, "*", SearchOption.AllDirectories)
        .Where(IsNeeded)
        .Select(file => (file, Path.GetRelativePath(published, file)));

    private static string PathOf(string tool) => Tool.Bash($"command -v {tool}", "/").Trim();

    private static bool IsNeeded(string file) => !file.EndsWith(".pdb", StringComparison.Ordinal) && !file.EndsWith(".resources.dll", StringComparison.Ordinal)
        && !file.EndsWith(".xml", StringComparison.Ordinal);

    private static void Build((string Source, string Target)[] programs, string[] guests, string sources, string path)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lab-disk-");
        try
        {
            foreach (string name in (string[])["proc", "sys", "dev", "tmp", "run", "etc", "var"])
            {
                folder.CreateSubdirectory(name);
            }

            string app = Path.Combine(folder.FullName, "app");
            foreach ((string source, string target) in programs)
            {
                Copy(source, Path.Combine(app, target));
            }

            foreach (string guest in guests)
            {
                Copy(guest, Path.Combine(app, Path.GetFileName(guest)));
            }

            foreach (string source in Directory.GetFiles(sources, "*.c"))
            {
                string name = Path.GetFileNameWithoutExtension(source);
                Copy(GuestBuilder.Build(name), Path.Combine(app, "prebuilt", name));
            }

            ExitBaseline.Compile(RepositoryFiles.Find(Baseline), Path.Combine(app, "prebuilt", "exit_baseline"));
            foreach (string program in LabPrograms.Names)
            {
                Copy(LabPrograms.Build(program), Path.Combine(app, "prebuilt", program));
            }

            CopyTool(folder.FullName);
            CopyRuntime(folder.FullName);
            Tool.Bash($"chmod 0755 .; size=$(du -sm . | cut -f1); mke2fs -q -t ext4 -O ^has_journal -d . '{path}' $((size * 5 / 4 + 16))M", folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The runtime's own folder tells its version and where dotnet lies: <root>/shared/Microsoft.NETCore.App/<version>/.
    private static void CopyRuntime(string root)
    {
        string shared = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        string version = Path.GetFileName(shared);
        string dotnet = Path.GetFullPath(Path.Combine(shared, "../../.."));
        Copy(Path.Combine(dotnet, "dotnet"), Path.Combine(root, "dotnet/dotnet"));
        Tool.Bash($"mkdir -p '{root}/dotnet/host' '{root}/dotnet/shared/Microsoft.NETCore.App' && cp -a host/fxr '{root}/dotnet/host/' && cp -a 'shared/Microsoft.NETCore.App/{version}' '{root}/dotnet/shared/Microsoft.NETCore.App/'", dotnet);

        // What the runtime links, and OpenSSL, which it loads when a program hashes.
        string libraries = Tool.Bash($"{{ ldd dotnet shared/Microsoft.NETCore.App/{version}/*.so | grep -o '/[^ ]*' | grep '^/.*\\.so' ; ldconfig -p | grep -o '/[^ ]*/lib\\(ssl\\|crypto\\)\\.so\\.3$'; }} | sort -u", dotnet);
        foreach (string library in libraries.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith(dotnet, StringComparison.Ordinal)))
        {
            if (File.Exists(library))
            {
                Copy(library, root + library);
            }
        }
    }

    // What a bench calls, with the libraries it links.
    private static void CopyTool(string root)
    {
        string tool = PathOf(BenchTool);
        Copy(tool, Path.Combine(root, "bin", BenchTool)); // the agent's PATH
        foreach (string library in Tool.Bash($"ldd '{tool}' | grep -o '/[^ ]*'", root).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Copy(library, root + library);
        }
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target, overwrite: true);
    }
}
