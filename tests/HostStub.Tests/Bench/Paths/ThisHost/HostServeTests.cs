using System.Text;
using PollScale.HostStub.Bench.Paths.ThisHost;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.PolicyFile;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths.ThisHost;

public class HostServeTests
{
    public static TheoryData<string, int> Paths => [.. from path in HostPath.All from others in (int[])[0, 3] where others == 0 || path.Mode is HypercallMode.None or HypercallMode.Observed select (path.Label, others)];

    /// <summary>Nobody but the VM may set the pCPU, and no other pCPU is named.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void The_policy_grants_the_VM_its_pCPU_alone(string label, int others)
    {
        HostPolicy policy = Parse(HostPath.All.Single(path => path.Label == label), others);
        Assert.Equal(1 + others, policy.Guests.Count);
        Assert.Equal(["paths"], policy.Guests.Where(guest => guest.Control).Select(guest => guest.Name));
        Assert.All(policy.Guests.SelectMany(guest => guest.Vcpus), vcpu => Assert.Equal(3, vcpu.Pcpu));
    }

    [Fact]
    public void Others_alone_may_set_nothing() => Assert.All(Parse(null, 3).Guests, guest => Assert.False(guest.Control));

    private static HostPolicy Parse(HostPath? path, int others) => PolicyReader.Parse(Encoding.UTF8.GetBytes(HostServe.Policy("/tmp/folder", path, 3, others)), "policy.yaml");
}
