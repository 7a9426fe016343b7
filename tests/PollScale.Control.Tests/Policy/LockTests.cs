using PollScale.Cpufreq;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Frequency.Cpufreq;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.HostStub.Tests.Policy;

/// <summary>What is held while the kernel is waited for: never a spin lock, and never more than one core.</summary>
public sealed class LockTests : IDisposable
{
    private const double TscHz = 1e9;
    private static readonly FrequencyCall s_max = new(FrequencyOp.Max), s_min = new(FrequencyOp.Min);
    private readonly TemporaryFolder _leases = new();
    private readonly FakeCpufreq _kernel = new("haswell-acpi-cpufreq");

    public void Dispose() => _leases.Dispose();

    [Fact]
    public void No_spin_lock_is_held_while_a_file_of_cpufreq_is_used()
    {
        using TemporaryTree tree = new();
        using AuditLog audit = new(Path.Combine(tree.Root, "audit.jsonl"));
        GuestPolicy guest = OneGuestLab.Generous with { Silence = TimeSpan.FromSeconds(5), Vcpus = [new VcpuPolicy { Vcpu = 0, Pcpu = 0 }] };
        HostPolicy policy = OneGuest.Policy(guest, allowsReal: true);
        HostFrequency host = new(policy, new HostFrequencyOptions { Open = _ => Open(), TscHz = TscHz, Audit = audit }, 0);
        VcpuService service = host.ServiceFor(OneGuest.Name, 0);
        ulong tsc = 0;
        void Second()
        {
            tsc += (ulong)TscHz;
            host.Tick(tsc);
        }

        for (int op = 0; op < 9; op++)
        {
            service.Answer(0, new FrequencyCall((FrequencyOp)op), tsc);
            service.AnswerUnknown(0, tsc);
            Second();
        }

        _kernel.Write("cpufreq/policy0/scaling_max_freq", "1500000");
        Assert.False(service.Answer(0, s_max, tsc).IsError);
        Second();
        _kernel.Write("cpufreq/policy0/scaling_governor", "powersave");
        Assert.True(service.Answer(0, s_max, tsc).IsError);
        host.Update(policy, tsc); // takes control again at once
        Assert.False(service.Answer(0, s_min, tsc).IsError);
        CpufreqFixture fixture = CpufreqFixture.Load("haswell-acpi-cpufreq");
        _kernel.Remove("cpufreq/policy0");
        Second();
        _kernel.Add("cpufreq/policy0", fixture);
        for (int i = 0; i < 20; i++)
        {
            Second();
        }

        Assert.Null(service.Wish); // silent
        host.Release(OneGuest.Name, tsc);
        host.Dispose();
        Assert.Empty(_kernel.UsedWithinGates);
        Assert.NotEmpty(_kernel.Writes);
    }

    [Fact]
    public void A_use_within_a_gate_is_seen()
    {
        SpinGate gate = default;
        using (gate.Enter())
        {
            Assert.Throws<InvalidOperationException>(() => _kernel.ReadText("cpufreq/policy0/scaling_governor"));
        }

        Assert.Single(_kernel.UsedWithinGates);
        Assert.Equal(0, SpinGate.HeldByThisThread);
        Assert.Null(_kernel.ReadText("nothing"));
    }

    [Fact]
    public void While_a_change_waits_for_the_kernel_its_guest_is_told_and_refused_all_else_at_once()
    {
        using ManualResetEventSlim asked = new(), free = new();
        using HostFrequency host = OneGuestLab.Start(Open(), OneGuestLab.Generous);
        VcpuService service = host.ServiceFor(OneGuest.Name, 0);
        int before = service.InForce;
        _kernel.WriteError = _ =>
        {
            asked.Set();
            free.Wait();
            return 0;
        };
        Thread call = new(() => service.Answer(0, s_max, 1)) { IsBackground = true };
        call.Start();
        Assert.True(asked.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        Assert.Equal(before, service.Answer(0, new FrequencyCall(FrequencyOp.GetPState), 2).Value);
        Assert.Equal(FrequencyStatus.Denied, service.Answer(1, s_max, 2).Status);
        Assert.Equal(FrequencyStatus.Invalid, service.Answer(0, new FrequencyCall(FrequencyOp.SetPState, -1), 2).Status);
        Assert.Equal(FrequencyStatus.UnknownCall, service.AnswerUnknown(0, 2).Status);
        Assert.True(call.IsAlive);
        free.Set();
        Assert.True(call.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, service.InForce);
    }

    [Fact]
    public void A_gate_keeps_others_out_and_counts_for_its_thread_alone()
    {
        Counter counter = new();
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(counter.Work))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal((60_000, 0), (counter.Sum, SpinGate.HeldByThisThread));
    }

    private CpufreqBackend Open() => new(
        CpufreqScaler.Open(new CpufreqOptions { Root = FakeCpufreq.Root, Cpu = 0, LeaseFolder = _leases.Path }, new CpufreqTree(FakeCpufreq.Root, _kernel)), TscHz, 0);

    private sealed class Counter
    {
        private SpinGate _gate;

        public int Sum { get; private set; }

        public void Work()
        {
            for (int i = 0; i < 20_000; i++)
            {
                using (_gate.Enter())
                {
                    Sum++;
                }
            }
        }
    }
}
