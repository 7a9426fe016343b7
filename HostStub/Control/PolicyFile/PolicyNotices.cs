using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.PolicyFile;

/// <summary>What a valid policy says that may not be what its writer meant.</summary>
internal static class PolicyNotices
{
    private const int Named = 8;

    /// <summary>The notices, in the order of the file.</summary>
    public static IReadOnlyList<PolicyError> Of(HostPolicy policy) =>
        [.. SharedPcpus(policy).Concat(Twins(policy)).OrderBy(notice => notice.At.Line).ThenBy(notice => notice.At.Column)];

    private static IEnumerable<PolicyError> SharedPcpus(HostPolicy policy)
    {
        var sharing = from guest in policy.Guests from vcpu in guest.Vcpus group (guest.Name, Vcpu: vcpu) by vcpu.Pcpu into seats where seats.Count() > 1 select seats;
        foreach (var seats in sharing)
        {
            string names = string.Join(", ", seats.Take(Named).Select(seat => $"vCPU {seat.Vcpu.Vcpu} of {seat.Name} (line {seat.Vcpu.At.Line})"));
            string more = seats.Count() > Named ? $" and {seats.Count() - Named} more" : "";
            yield return new PolicyError(seats.ElementAt(1).Vcpu.At, $"pCPU {seats.Key} is shared by {names}{more}: it runs at the fastest of their wishes, and each takes time from the others");
        }
    }

    private static IEnumerable<PolicyError> Twins(HostPolicy policy)
    {
        Dictionary<string, GuestPolicy> seen = [];
        foreach (GuestPolicy guest in policy.Guests)
        {
            if (!seen.TryAdd(LookAlikes.Shape(guest.Name), guest) && seen[LookAlikes.Shape(guest.Name)] is GuestPolicy first)
            {
                yield return new PolicyError(guest.At, $"guest {guest.Name} looks like guest {first.Name} on line {first.At.Line}; names are compared letter by letter, so these are two guests");
            }
        }
    }
}
