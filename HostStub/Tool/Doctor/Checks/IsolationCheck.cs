using PollScale.HostStub.Doctor.Files;
using PollScale.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Does the kernel keep other work and its tick off the lcore's CPU?</summary>
internal sealed class IsolationCheck(IHostFiles files, int cpu) : ICheck
{
    public IEnumerable<Finding> Run() =>
    [
        Look("isolation", "isolated", "isolcpus", "The scheduler puts other work on it, for milliseconds at a time.", "A kernel that isolates CPUs"),
        Look("nohz-full", "nohz_full", "nohz_full", "The kernel's tick interrupts it 100 to 1000 times a second.", "A kernel with CONFIG_NO_HZ_FULL"),
    ];

    private Finding Look(string name, string file, string option, string why, string kernel)
    {
        FileText text = files.Read($"/sys/devices/system/cpu/{file}");
        string remedy = $"Boot with {option}={cpu}.";
        if (!text.IsRead)
        {
            return new Finding(name, FindingStatus.NotHere, $"{text.Text}.", why, text.State == FileState.Missing ? $"{kernel} has the file. {remedy}" : "Run as root.");
        }

        // The kernel writes an empty line, or "(null)" before 6.9, for no CPUs.
        if (text.Text is "" or "(null)")
        {
            return new Finding(name, FindingStatus.Warning, $"No CPU is in {file}.", why, remedy);
        }

        return !CpuList.TryParse(text.Text, cpu_set_t.CPU_SETSIZE - 1, out IReadOnlyList<int> cpus)
            ? new Finding(name, FindingStatus.Warning, $"/sys/devices/system/cpu/{file} is no list of CPUs.", why)
            : cpus.Contains(cpu)
            ? new Finding(name, FindingStatus.Ok, $"CPU {cpu} is in {file} ({text.Text}).")
            : new Finding(name, FindingStatus.Warning, $"CPU {cpu} is not in {file} ({text.Text}).", why, $"Take one of those with --cpu, or boot with {option}={cpu}.");
    }
}
