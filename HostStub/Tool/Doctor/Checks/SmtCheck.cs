using PollScale.HostStub.Doctor.Files;
using PollScale.HostStub.Placement;
using PollScale.Placement;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Does another hardware thread share the lcore's core?</summary>
internal sealed class SmtCheck(IHostFiles files, int cpu) : ICheck
{
    private const string Name = "smt";

    public IEnumerable<Finding> Run()
    {
        FileText list = files.Read($"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
        if (list.State == FileState.Missing)
        {
            return [new Finding(Name, FindingStatus.NotHere, $"{list.Text}: the kernel shows no topology.", "Whether another thread shares the core is not known.")];
        }

        try
        {
            IReadOnlyList<int> siblings = list.IsRead ? new SmtSiblings($"{files.Root}/sys/devices/system/cpu").Of(cpu) : throw new PlacementException(list.Text);
            return [siblings.Count > 1 ? Shared(siblings) : new Finding(Name, FindingStatus.Ok, $"CPU {cpu} is the only thread of its core that the kernel shows.")];
        }
        catch (PlacementException e)
        {
            return [new Finding(Name, FindingStatus.Warning, e.Message, "Whether another thread shares the core is not known.", "Run as root.")];
        }
    }

    private Finding Shared(IReadOnlyList<int> siblings)
    {
        string others = string.Join(",", siblings.Where(sibling => sibling != cpu));
        return new Finding(Name, FindingStatus.Warning, $"CPU {cpu} shares its core with CPU {others}.", "Both have one clock: the core runs at the faster wish, and each takes cycles from the other: all the time while it spins, less by PAUSE and TPAUSE, none while it sleeps.",
            $"Leave CPU {others} idle, or off: echo 0 > /sys/devices/system/cpu/cpu{siblings.First(sibling => sibling != cpu)}/online.");
    }
}
