using System.Globalization;
using PollScale.HostStub.Policy.Configuration;

namespace PollScale.HostStub.Serve.Operators;

/// <summary>A guest of a policy, or one vCPU of it, as an operator names it: NAME or NAME/VCPU. Names may have slashes: one that is a guest's is that guest's.</summary>
/// <param name="Guest">The guest.</param>
/// <param name="Vcpu">The vCPU; null for all.</param>
internal sealed record OperatorTarget(GuestPolicy Guest, int? Vcpu)
{
    /// <summary>The vCPUs that are meant.</summary>
    public IReadOnlyList<(string Guest, int Vcpu)> Vcpus => [.. Guest.Vcpus.Where(vcpu => Vcpu is null || vcpu.Vcpu == Vcpu).Select(vcpu => (Guest.Name, vcpu.Vcpu))];

    /// <summary>Finds it.</summary>
    /// <returns>Null where the policy has no such guest or vCPU.</returns>
    public static OperatorTarget? Find(HostPolicy policy, string text)
    {
        if (policy.Find(text) is GuestPolicy whole)
        {
            return new OperatorTarget(whole, null);
        }

        int slash = text.LastIndexOf('/');
        return slash > 0 && policy.Find(text[..slash]) is GuestPolicy guest && int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int vcpu)
            && guest.Vcpus.Any(one => one.Vcpu == vcpu) ? new OperatorTarget(guest, vcpu) : null;
    }
}
