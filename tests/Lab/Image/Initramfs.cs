namespace PollScale.Lab.Image;

/// <summary>The initramfs of an L1 machine: busybox, KVM's modules and the agent.</summary>
internal static class Initramfs
{
    private static readonly string[] s_scripts = ["init.sh", "agent.sh", "commands.sh"];

    /// <summary>Builds it for a kernel.</summary>
    /// <returns>Its path.</returns>
    public static string Build(KernelTree kernel)
    {
        string[] scripts = [.. s_scripts.Select(s => Path.Combine(AppContext.BaseDirectory, "Image", s))];
        return ImageCache.Get($"initramfs-{kernel.Release}", [kernel.Vmlinuz, "/bin/busybox", .. scripts, .. kernel.ModuleFiles().Concat(kernel.DriverFiles()).Select(m => m.File)], path => Build(kernel, scripts, path));
    }

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

    private static void Build(KernelTree kernel, string[] scripts, string path)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lab-initramfs-");
        try
        {
            foreach (string name in (string[])["bin", "modules", "proc", "sys", "dev", "tmp", "disk"])
            {
                folder.CreateSubdirectory(name);
            }

            File.Copy("/bin/busybox", Path.Combine(folder.FullName, "bin/busybox"));
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "bin/sh"), "busybox");
            foreach (string script in scripts)
            {
                string name = Path.GetFileName(script);
                File.Copy(script, Path.Combine(folder.FullName, name == "init.sh" ? "init" : name));
            }

            AddModules(kernel.ModuleFiles(), "order", folder.FullName);
            AddModules(kernel.DriverFiles(), "drivers", folder.FullName);
            Tool.Bash($"chmod +x init && find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible | gzip -1n > '{path}'", folder.FullName);
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
