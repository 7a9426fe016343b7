using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Status;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

public class OperatorBoundsTests
{
    private static readonly FrequencyCall s_max = new(FrequencyOp.Max);

    /// <summary>All there are of a table of five: every file's bounds, every operator's, by index and by frequency.</summary>
    [Fact]
    public void An_operator_never_widens_what_the_file_gives_and_leaves_something()
    {
        PStateTable table = HostLab.Table;
        PStateChoice[] choices =
        [
            default, .. Enumerable.Range(0, table.Count).Select(HostLab.Index), HostLab.Index(63),
            .. ((uint[])[1, 999_999, 1_000_000, 1_700_000, 2_500_000, 3_000_000, 20_000_000]).Select(kHz => new PStateChoice(PStateChoiceKind.Frequency, kHz, default)),
        ];
        foreach (PStateChoice most in choices)
        {
            foreach (PStateChoice least in choices)
            {
                for (int fastest = 0; fastest < table.Count; fastest++)
                {
                    for (int slowest = fastest; slowest < table.Count; slowest++)
                    {
                        (int f, int s) = new OperatorBounds(most, least, false).Within(table, fastest, slowest);
                        Assert.True(fastest <= f && f <= s && s <= slowest, $"{most} {least} {fastest} {slowest}: {f} {s}");
                        Assert.True(most.NoFasterIn(table) is not int wanted || f >= Math.Min(wanted, slowest), $"{most} {least} {fastest} {slowest}: {f}"); // the operator's fastest holds
                    }
                }
            }
        }
    }

    [Fact]
    public void It_holds_for_the_wish_that_is_there_and_gives_back_what_was_asked_for()
    {
        HostLab lab = new();
        HostPolicy file = HostLab.Policy(HostLab.Guest("a", 2) with { Fastest = HostLab.Index(1) }, HostLab.Guest("b", 4));
        using HostFrequency host = lab.Start(file);
        VcpuService a = host.ServiceFor("a", 0);
        a.Answer(0, s_max, 1);
        Assert.Equal((1, 1), (a.Wish, lab.InForce(2)));

        host.Update(file.Under(Bounds(HostLab.Index(3), default, false)), 2);
        Assert.Equal((3, 3, AuditReason.OperatorBound), (a.Wish, lab.InForce(2), Status(host).Why));
        Assert.Equal((3, AuditReason.OperatorBound), (a.Answer(0, s_max, 3).Value, lab.Audit.Records[^1].Reason));
        Assert.Equal(0, host.ServiceFor("b", 0).Answer(0, s_max, 3).Value); // another guest is not held

        host.Update(file.Under(Bounds(HostLab.Index(0), default, false)), 4);
        Assert.Equal((1, AuditReason.BoundFastest), (a.Wish, Status(host).Why)); // the file's
        host.Update(file, 5);
        Assert.Equal((1, 1), (a.Wish, lab.InForce(2)));
    }

    [Fact]
    public void A_slowest_bound_is_the_operators_too()
    {
        HostLab lab = new();
        HostPolicy file = HostLab.Policy(HostLab.Guest("a", 2));
        using HostFrequency host = lab.Start(file);
        host.Update(file.Under(Bounds(default, HostLab.Index(2), false)), 1);
        host.ServiceFor("a", 0).Answer(0, new FrequencyCall(FrequencyOp.Min), 2);
        Assert.Equal((2, AuditReason.OperatorBound), (lab.InForce(2), Status(host).Why));
    }

    [Fact]
    public void Without_control_the_wish_is_withdrawn_and_the_reason_is_the_operators()
    {
        HostLab lab = new();
        HostPolicy file = HostLab.Policy(HostLab.Guest("a", 2));
        using HostFrequency host = lab.Start(file);
        VcpuService a = host.ServiceFor("a", 0);
        a.Answer(0, s_max, 1);
        host.Update(file.Under(Bounds(default, default, true)), 2);

        Assert.Equal((null, false, AuditReason.OperatorDenied), (a.Wish, a.Granted, Status(host).Why));
        Assert.Equal((CallVerdict.Withdrawn, AuditReason.OperatorDenied), (lab.Audit.Records[^1].Result, lab.Audit.Records[^1].Reason));
        Assert.Equal(FrequencyStatus.Denied, a.Answer(0, s_max, 3).Status);
        Assert.Equal(AuditReason.OperatorDenied, lab.Audit.Records[^1].Reason);
        host.Update(file, 4);
        Assert.Equal((AuditReason.OperatorDenied, true), (Status(host).Why, a.Granted)); // why there is no wish now
        Assert.Equal(0, a.Answer(0, s_max, 5).Value);
    }

    private static VcpuStatus Status(HostFrequency host) => host.Status(10)[0];

    private static Dictionary<(string Guest, int Vcpu), OperatorBounds> Bounds(PStateChoice fastest, PStateChoice slowest, bool denies) => new() { [("a", 0)] = new OperatorBounds(fastest, slowest, denies) };
}
