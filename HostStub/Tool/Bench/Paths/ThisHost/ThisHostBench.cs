using System.Globalization;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>Has a VM of its own ask by each path that this host allows, one boot each, on one pCPU that it takes from nobody but for that time.</summary>
internal static class ThisHostBench
{
    /// <summary>Runs all of them.</summary>
    /// <param name="cpu">The pCPU.</param>
    /// <param name="options">What the VM is made of.</param>
    /// <param name="progress">Told what goes on.</param>
    /// <returns>Paths that could not be measured, and why.</returns>
    public static IReadOnlyList<(HostPath Path, string Why)> Run(int cpu, ThisHostOptions options, Action<string> progress)
    {
        List<(HostPath, string)> left = [];
        ThreadPlacement.KeepOff(cpu); // and what is started from here
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hoststub-paths-");
        try
        {
            foreach (HostPath path in HostPath.All)
            {
                if (path.WhyNot is string why)
                {
                    left.Add((path, why));
                    continue;
                }

                progress($"{path.Label}: a VM of its own on CPU {cpu}, {options.Bursts} bursts");
                if (Measure(path, folder.FullName, cpu, options) is string failure)
                {
                    left.Add((path, failure));
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return left;
    }

    // Why it failed; null where it did not.
    private static string? Measure(HostPath path, string folder, int cpu, ThisHostOptions options)
    {
        try
        {
            using HostServe serve = new(folder, path, cpu);
            string console = new HostVm(options, folder, cpu).Run(serve.Socket, "bench-bursts", options.Bursts.ToString(CultureInfo.InvariantCulture), "--doorbell", path.Doorbell, "--label", path.Label, "--reply-ms", "1000");
            string? told = console.Split('\n').FirstOrDefault(line => line.StartsWith("bench-bursts doorbell=", StringComparison.Ordinal));
            return told is null ? $"guestprobe did not end: {console.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault(line => line.StartsWith("guestprobe", StringComparison.Ordinal)) ?? "the VM's console has nothing of it"}"
                : told.Contains($"doorbell={path.Doorbell} ", StringComparison.Ordinal) ? null
                : $"the SDK took another way: {told.Trim()}";
        }
        catch (GuestSetupException e)
        {
            return e.Message;
        }
    }
}
