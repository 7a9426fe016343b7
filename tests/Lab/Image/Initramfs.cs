namespace PollScale.Lab.Image;

/// <summary>The initramfs of a machine, L1 or a Linux guest in it: busybox, modules and the agent.</summary>
internal static class Initramfs
{
    private static readonly string[] s_guestScripts = ["guest-init.sh", "agent.sh", "guest-commands.sh"];
    private static readonly string[] s_scripts = ["init.sh", "agent.sh", "commands.sh", "linux.sh", "observed.sh", "module.sh", "paths.sh", "turns.sh", "traffic.sh"];

    // In the guest they have the names that the agent knows.
    private static readonly Dictionary<string, string> s_names = new()
    {
        ["init.sh"] = "init",
        ["guest-init.sh"] = "init",
        ["guest-commands.sh"] = "commands.sh",
    };

    /// <summary>Builds that of an L1 machine.</summary>
    /// <param name="kernel">Its kernel.</param>
    /// <returns>Its path.</returns>
    public static string Build(KernelTree kernel) => Build("initramfs", kernel, s_scripts, kernel.ModuleFiles(), kernel.DriverFiles(), kernel.OwnModule is string own ? [(Path.GetFileName(own), own)] : []);

    /// <summary>Builds that of a Linux guest.</summary>
    /// <param name="kernel">Its kernel.</param>
    /// <param name="programs">What it has beside busybox, in its root folder.</param>
    /// <returns>Its path.</returns>
    public static string BuildGuest(KernelTree kernel, IReadOnlyList<(string Name, string File)> programs) =>
        Build("guest-initramfs", kernel, s_guestScripts, kernel.GuestFiles(), kernel.DriverFiles().ExceptBy(kernel.GuestFiles().Select(m => m.Name), m => m.Name), programs, pack: "cat"); // what a guest unpacks costs it seconds

    /// <summary>Adds a job that the agent runs at once: a kernel unpacks initramfs archives one after another.</summary>
    /// <param name="initramfs">The initramfs.</param>
    /// <param name="job">Shell script.</param>
    /// <param name="limit">Its limit.</param>
    /// <param name="path">Where the result goes.</param>
    public static void AddJob(string initramfs, string job, TimeSpan limit, string path)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lab-job-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "job"), job);
            File.WriteAllText(Path.Combine(folder.FullName, "job.seconds"), $"{(int)limit.TotalSeconds}");
            Tool.Bash($"{{ cat '{initramfs}'; find . -type f | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible | gzip -1n; }} > '{path}'", folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Build(
        string name, KernelTree kernel, string[] scripts, IEnumerable<(string Name, string File)> modules, IEnumerable<(string Name, string File)> drivers, IEnumerable<(string Name, string File)> programs, string pack = "gzip -1n")
    {
        (string Name, string File)[] files = [.. scripts.Select(s => (s_names.GetValueOrDefault(s, s), Path.Combine(AppContext.BaseDirectory, "Image", s))), .. programs];
        return ImageCache.Get($"{name}-{kernel.Release}", [kernel.Vmlinuz, "/bin/busybox", .. files.Concat(modules).Concat(drivers).Select(m => m.File)], path => Build(files, modules, drivers, pack, path));
    }

    private static void Build((string Name, string File)[] files, IEnumerable<(string Name, string File)> modules, IEnumerable<(string Name, string File)> drivers, string pack, string path)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lab-initramfs-");
        try
        {
            foreach (string name in (string[])["bin", "modules", "proc", "sys", "dev", "tmp", "run", "disk", "l2"])
            {
                folder.CreateSubdirectory(name);
            }

            File.Copy("/bin/busybox", Path.Combine(folder.FullName, "bin/busybox"));
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "bin/sh"), "busybox");
            foreach ((string name, string file) in files)
            {
                File.Copy(file, Path.Combine(folder.FullName, name));
            }

            AddModules(modules, "order", folder.FullName);
            AddModules(drivers, "drivers", folder.FullName);

            // Other users than root walk through it.
            Tool.Bash($"chmod 0755 . init && find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible | {pack} > '{path}'", folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void AddModules(IEnumerable<(string Name, string File)> modules, string list, string folder)
    {
        List<string> names = [];
        foreach ((string name, string file) in modules)
        {
            Tool.Bash($"{(file.EndsWith(".xz", StringComparison.Ordinal) ? "xz -dc" : "cat")} '{file}' > 'modules/{name}.ko'", folder);
            names.Add(name);
        }

        File.WriteAllLines(Path.Combine(folder, "modules", list), names);
    }
}
