using System.Text;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>The drivers of a kernel that are modules, by its folder under /lib/modules: modules.builtin and modules.dep (modules.dep(5)) say which and what each needs.</summary>
/// <param name="folder">The folder.</param>
internal sealed class GuestDrivers(string folder)
{
    private const int MostText = 16 << 20;

    /// <summary>Those of a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="folder">Its folder; null for where its release has it.</param>
    public static GuestDrivers Of(string kernel, string? folder) => new(folder ?? Path.Combine("/lib/modules", KernelImage.Release(kernel)));

    /// <summary>The modules of some drivers and what they need, each behind what it needs; those built in are left out.</summary>
    /// <param name="drivers">Names, as the kernel has them.</param>
    /// <exception cref="GuestSetupException">The kernel has no such driver, or it cannot be read.</exception>
    public IReadOnlyList<(string Name, byte[] Content)> Files(params ReadOnlySpan<string> drivers)
    {
        try
        {
            HashSet<string> builtin = [.. Lines("modules.builtin").Select(Name)];
            Dictionary<string, (string Path, string[] Needs)> modules = [];
            foreach (string[] line in Lines("modules.dep").Select(line => line.Split(':', 2)).Where(line => line.Length == 2))
            {
                modules[Name(line[0])] = (line[0], line[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }

            List<string> order = [];
            foreach (string driver in drivers)
            {
                if (modules.TryGetValue(driver, out (string Path, string[] Needs) module))
                {
                    order.AddRange(module.Needs.Reverse().Append(module.Path).Where(path => !order.Contains(path))); // modules.dep has the last that is needed first
                }
                else if (!builtin.Contains(driver))
                {
                    throw new GuestSetupException($"the VM's kernel has no driver {driver}: it is neither in modules.builtin nor in modules.dep of {folder}. Name another kernel by --kernel, or its modules' folder by --modules.");
                }
            }

            return [.. order.Select(path => ModuleFile.Read(Inside(path)))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GuestSetupException($"the VM's kernel cannot be given its drivers: {e.Message.TrimEnd('.')}. Name its modules' folder by --modules.", e);
        }
    }

    private static string Name(string path)
    {
        string file = Path.GetFileName(path.Trim());
        int end = file.IndexOf(".ko", StringComparison.Ordinal);
        return (end < 0 ? file : file[..end]).Replace('-', '_');
    }

    private string[] Lines(string file) => Encoding.UTF8.GetString(SafeFile.Read(Path.Combine(folder, file), MostText)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Inside(string path) => !Path.IsPathRooted(path) && !path.Split('/').Contains("..")
        ? Path.Combine(folder, path)
        : throw new GuestSetupException($"modules.dep of {folder} names a file elsewhere: {path}.");
}
