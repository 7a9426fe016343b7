using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

/// <summary>Four guests on two cores, on one pCPU, on siblings or apart; any calls, releases, failures, and reloads that bound, move and remove them.</summary>
public class HostFrequencyProperties
{
    private static readonly string[] s_guests = ["a", "b", "c", "d"];

    [Fact]
    public void Wishes_stay_within_bounds_cores_run_at_the_fastest_and_refusals_change_nothing()
    {
        Prop.ForAll<(byte Kind, byte Who, int Argument)[], byte[]>((steps, seeds) =>
        {
            HostLab lab = new();
            HostPolicy policy = Random(seeds, 0);
            using HostFrequency host = lab.Start(policy);
            ulong tsc = 0;
            int reloads = 0;
            CheckCores(lab, host, policy);
            foreach ((byte kind, byte who, int argument) in steps)
            {
                string name = s_guests[who % 4];
                tsc += kind;
                switch (kind % 10)
                {
                    case 0:
                        host.Release(name, tsc);
                        Assert.Null(host.ServiceFor(name, 0).Wish);
                        break;
                    case 1:
                        policy = Random(seeds, ++reloads);
                        Assert.Empty(host.Update(policy, tsc));
                        break;
                    case 2:
                        host.Tick(tsc);
                        break;
                    default:
                        Call(lab, host.ServiceFor(name, 0), kind, argument, tsc);
                        break;
                }

                CheckCores(lab, host, policy);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Over_any_window_a_guest_gets_no_more_than_its_budget_on_all_its_vCPUs()
    {
        Prop.ForAll<(byte Vcpu, uint Gap)[], ushort, byte>((calls, rate, atOnce) =>
        {
            int callsPerSecond = 1 + rate, burst = 1 + (atOnce % 10);
            ulong ticksPerCall = (ulong)Math.Ceiling(HostLab.TscHz / callsPerSecond);
            GuestPolicy guest = HostLab.Guest("a", 0, 2, 4) with { CallsPerSecond = callsPerSecond, Burst = burst };
            HostLab lab = new();
            using HostFrequency host = lab.Start(HostLab.Policy(guest));
            List<ulong> answered = [];
            ulong tsc = 1;
            foreach ((byte vcpu, uint gap) in calls.Concat(calls).Concat(calls))
            {
                tsc += gap % 5 == 0 ? 0 : gap % (2 * ticksPerCall);
                if (vcpu % 17 == 0)
                {
                    host.Update(HostLab.Policy(guest), tsc);
                }

                VcpuService service = host.ServiceFor("a", vcpu % 3);
                string before = State(lab, service);
                if (service.Answer(vcpu % 3, new FrequencyCall((FrequencyOp)(vcpu % 9)), tsc).Status != FrequencyStatus.Throttled)
                {
                    answered.Add(tsc);
                }
                else
                {
                    Assert.Equal(before, State(lab, service));
                }
            }

            for (int first = 0; first < answered.Count; first++)
            {
                for (int last = first; last < answered.Count; last++)
                {
                    Assert.True((ulong)(last - first + 1) <= (ulong)burst + ((answered[last] - answered[first]) / ticksPerCall));
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void The_same_calls_get_the_same_replies()
    {
        Prop.ForAll<(byte Who, int Op, long Argument)[], byte[]>((calls, seeds) =>
        {
            long[][] replies = new long[2][];
            for (int run = 0; run < 2; run++)
            {
                using HostFrequency host = new HostLab().Start(Random(seeds, 0));
                replies[run] = [.. calls.Select((c, i) => host.ServiceFor(s_guests[c.Who % 4], 0).Answer(0, new FrequencyCall((FrequencyOp)(c.Op & 7), c.Argument % 7), (ulong)i).Value)];
            }

            return replies[0].SequenceEqual(replies[1]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static void Call(HostLab lab, VcpuService service, byte kind, int argument, ulong tsc)
    {
        string before = State(lab, service);
        FrequencyCall call = new((FrequencyOp)(kind % 23 == 0 ? argument : (argument >> 8) & 7), kind % 7 == 0 ? argument : argument % 6);
        ScriptedBackend failing = lab.Backends.Values.ElementAt((argument & 3) % lab.Backends.Count);
        failing.Fails = kind % 5 == 0;
        FrequencyReply reply = service.Answer(kind % 29 == 0 ? 1 : 0, call, tsc);
        failing.Fails = false;
        if (reply.IsError)
        {
            Assert.Equal(before, State(lab, service));
        }
        else if (call.Op is FrequencyOp.SetPState or FrequencyOp.Step or FrequencyOp.Max or FrequencyOp.Min)
        {
            Assert.Equal(lab.InForce(service.Binding!.Seat.Pcpu), reply.Value);
            Assert.InRange(service.Wish!.Value, service.PStates.FastestAllowed, service.PStates.SlowestAllowed);
        }
    }

    private static string State(HostLab lab, VcpuService service) =>
        $"{string.Join(' ', lab.Backends.OrderBy(b => b.Key).Select(b => b.Value.Requested))} wish {service.Wish}";

    // By the model: fastest wish, else fastest rest, on each pCPU of the core that the policy names.
    private static void CheckCores(HostLab lab, HostFrequency host, HostPolicy policy)
    {
        int[] named = [.. policy.Guests.Select(g => g.Vcpus[0].Pcpu).Concat(policy.Pcpus.Select(p => p.Pcpu)).Distinct()];
        foreach (IGrouping<int, int> core in named.GroupBy(p => p / 2))
        {
            int[] wishes = [.. policy.Guests.Where(g => g.Vcpus[0].Pcpu / 2 == core.Key).Select(g => host.ServiceFor(g.Name, 0).Wish ?? -1).Where(w => w >= 0)];
            int[] rests = [.. core.Select(p => RestOf(policy, p)).Where(r => r >= 0)];
            int expected = wishes.Length > 0 ? wishes.Min() : rests.Length > 0 ? rests.Min() : -1;
            Assert.All(core, p => Assert.True(expected < 0 || lab.InForce(p) == expected));
        }

        foreach (string name in s_guests)
        {
            VcpuService service = host.ServiceFor(name, 0);
            GuestPolicy? guest = policy.Find(name);
            Assert.True(guest?.Control == true || service.Wish is null);
            if (service.Wish is int wish)
            {
                Assert.InRange(wish, (int)guest!.Fastest.Value, (int)guest.Slowest.Value);
            }
        }
    }

    private static int RestOf(HostPolicy policy, int pCpu)
    {
        int[] fastest = [.. policy.Guests.Where(g => g.Vcpus[0].Pcpu == pCpu && g.Control).Select(g => (int)g.Fastest.Value)];
        return policy.Pcpus.FirstOrDefault(p => p.Pcpu == pCpu) is PcpuPolicy named ? (int)named.Rest.Value : fastest.Length > 0 ? fastest.Min() : -1;
    }

    // The first policy names every guest; later ones may leave some out.
    private static HostPolicy Random(byte[] seeds, int reload)
    {
        Random random = new((seeds.Length == 0 ? 1 : seeds[reload % seeds.Length]) + (1000 * reload));
        return new HostPolicy
        {
            Guests = [.. s_guests.Where(_ => reload == 0 || random.Next(8) > 0).Select(name =>
            {
                int a = random.Next(5), b = random.Next(5);
                return HostLab.Guest(name, random.Next(4)) with
                {
                    Control = random.Next(6) > 0,
                    Fastest = HostLab.Index(Math.Min(a, b)),
                    Slowest = HostLab.Index(Math.Max(a, b)),
                };
            })],
            Pcpus = random.Next(2) == 0 ? [] : [new PcpuPolicy(0, HostLab.Index(random.Next(5))), new PcpuPolicy(2, HostLab.Index(random.Next(5)))],
        };
    }
}
