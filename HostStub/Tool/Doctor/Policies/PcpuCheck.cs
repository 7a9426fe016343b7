using PollScale.Cpufreq;
using PollScale.HostStub.Doctor.Files;
using PollScale.HostStub.Placement;
using PollScale.Placement;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Native;

namespace PollScale.HostStub.Doctor.Policies;

/// <summary>The pCPUs that a policy names: are they there and online, may their frequency be set, who else shares their core?</summary>
internal sealed class PcpuCheck(HostPolicy policy, PolicyCheckOptions options)
{
    private readonly HostFiles _files = new();
    private readonly CpufreqTree _tree = new(options.CpufreqRoot);
    private readonly SmtSiblings _smt = new(options.CpufreqRoot);

    /// <summary>Looks.</summary>
    public IEnumerable<PolicyFinding> Run()
    {
        HashSet<int> named = [.. policy.Guests.SelectMany(guest => guest.Vcpus).Select(vcpu => vcpu.Pcpu), .. policy.Pcpus.Select(pCpu => pCpu.Pcpu)];
        IEnumerable<(int Number, FilePosition At, bool Controlled)> places =
        [
            .. policy.Guests.SelectMany(guest => guest.Vcpus.Select(vcpu => (vcpu.Pcpu, vcpu.At, guest.Control))),
            .. policy.Pcpus.Select(pCpu => (pCpu.Pcpu, pCpu.At, pCpu.Rest.Kind != PStateChoiceKind.Keep)),
        ];
        return places.GroupBy(place => place.Number).SelectMany(same => Look(same.Key, same.First().At, same.Any(place => place.Controlled), named));
    }

    private IEnumerable<PolicyFinding> Look(int pCpu, FilePosition at, bool controlled, HashSet<int> named)
    {
        FindingStatus gone = options.IsReal ? FindingStatus.Problem : FindingStatus.Warning;
        string folder = $"{options.CpufreqRoot}/cpu{pCpu}";
        if (Directory.Exists($"{options.CpufreqRoot}/cpu0") && !Directory.Exists(folder))
        {
            yield return Of(gone, at, $"pCPU {pCpu} does not exist: there is no {folder}");
            yield break;
        }

        if (_files.Read($"{folder}/online") is { IsRead: true, Text: "0" })
        {
            yield return Of(gone, at, $"pCPU {pCpu} is offline: echo 1 > {folder}/online");
            yield break;
        }

        if (options.IsReal && controlled && WhyNotControllable(pCpu) is (FindingStatus status, string why))
        {
            yield return Of(status, at, $"pCPU {pCpu}: {why}");
        }

        int[] strangers = [.. Siblings(pCpu).Except(named)];
        if (controlled && strangers.Length > 0)
        {
            yield return Of(FindingStatus.Warning, at, $"pCPU {pCpu} shares its core with {string.Join(", ", strangers)}, under cpufreq's own governor, which can keep the core fast: name {(strangers.Length == 1 ? "it" : "them")} under pcpus, or take {(strangers.Length == 1 ? "it" : "them")} offline");
        }
    }

    private (FindingStatus Status, string Why)? WhyNotControllable(int pCpu)
    {
        try
        {
            CpufreqSurvey.Require(_tree, _tree.PolicyOf(pCpu), options.LeaseFolder);
            return null;
        }
        catch (CpufreqException e) when (e.Problem == CpufreqProblem.NoPermission && LibC.geteuid() != 0)
        {
            return (FindingStatus.Warning, $"this user may not set it, so another has to serve: {e.Message}");
        }
        catch (CpufreqException e) when (e.Problem is CpufreqProblem.NoCpufreq or CpufreqProblem.NoPolicy)
        {
            return null; // told with the P-states it lacks
        }
        catch (Exception e) when (e is CpufreqException or IOException or UnauthorizedAccessException)
        {
            return (FindingStatus.Problem, e.Message);
        }
    }

    private IReadOnlyList<int> Siblings(int pCpu)
    {
        try
        {
            return _smt.Of(pCpu);
        }
        catch (PlacementException)
        {
            return [];
        }
    }

    private static PolicyFinding Of(FindingStatus status, FilePosition at, string text) => new(status, new PolicyError(at, text, IsMachines: true));
}
