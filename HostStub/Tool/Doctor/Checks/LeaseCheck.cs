using PollScale.Cpufreq;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Did a killed process leave cpufreq settings behind?</summary>
internal sealed class LeaseCheck(string? leaseFolder) : ICheck
{
    private const string Name = "lease";

    public IEnumerable<Finding> Run()
    {
        IReadOnlyList<LeaseState> leases = LeaseSurvey.Read(leaseFolder);
        return leases.Count == 0
            ? [new Finding(Name, FindingStatus.Ok, "No lease: no process controls a real frequency, none left one changed.")]
            : leases.Select(Look);
    }

    private static Finding Look(LeaseState lease) => lease switch
    {
        { Trouble: string trouble } => new Finding(Name, FindingStatus.Problem, $"{lease.Path} cannot be used: {trouble}.", "It would say what to restore.", "Set the policy's governor and bounds as they should be, and delete the file."),
        { IsHeld: true } => new Finding(Name, FindingStatus.Ok, $"Process {lease.Pid} ({lease.Command}) controls policy {lease.Policy}.", "Only one process can.", ""),
        { IsHeld: null } => new Finding(Name, FindingStatus.Warning, $"Process {lease.Pid} ({lease.Command}) of another pid namespace controls policy {lease.Policy}, or was killed.", "Its pid cannot be looked up from here.", "Look in the container it belongs to."),
        _ => new Finding(Name, FindingStatus.Warning, $"Process {lease.Pid} ({lease.Command}) ended without restoring policy {lease.Policy}, whose governor was {lease.Governor}; {lease.Path} says so.",
            "The frequency is as that process left it.", $"Start `hoststub run --frequency cpufreq --allow-frequency-control` or any other application on it again: it restores first. Or set scaling_governor of policy{lease.Policy} to {lease.Governor} and delete the file."),
    };
}
