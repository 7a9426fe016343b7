using PollScale.HostStub.Frequency;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Policy.Patience;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Policy.Patience;

/// <summary>Work that hangs, and a host of which a part hangs.</summary>
public class PatienceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly FrequencyCall s_max = new(FrequencyOp.Max);

    [Fact]
    public void An_item_that_hangs_is_left_behind_and_not_begun_again_before_it_ends()
    {
        using ManualResetEventSlim free = new();
        int begun = 0;
        List<int> done = [];
        void Work(int item)
        {
            if (item == 1)
            {
                Interlocked.Increment(ref begun);
                free.Wait();
            }

            lock (done)
            {
                done.Add(item);
            }
        }

        PatientSweep<int> sweep = new("test", TimeSpan.FromMilliseconds(200));
        Assert.Equal([1], sweep.Run([0, 1, 2, 3], Work, TestContext.Current.CancellationToken));
        Assert.Equal([0, 2, 3], done);
        Assert.Equal([1], sweep.Run([0, 1, 2], Work, TestContext.Current.CancellationToken));
        Assert.Equal(1, begun);
        free.Set();
        Assert.True(SpinWait.SpinUntil(() => sweep.Run([1], Work, TestContext.Current.CancellationToken).Count == 0, s_patience));
    }

    [Fact]
    public void What_work_throws_is_the_sweepers() =>
        Assert.Equal("scripted", Assert.Throws<InvalidOperationException>(() => new PatientSweep<int>("test", s_patience).Run([1], _ => throw new InvalidOperationException("scripted"), TestContext.Current.CancellationToken)).Message);

    [Fact]
    public void A_pcpu_that_hangs_while_it_is_opened_is_had_once_it_answers()
    {
        using ManualResetEventSlim free = new();
        HostLab lab = Lab();
        Func<int, IFrequencyBackend> open = lab.Options.Open;
        lab = new HostLab
        {
            Options = lab.Options with
            {
                Open = pCpu =>
                {
                    if (pCpu == 2)
                    {
                        free.Wait();
                    }

                    return open(pCpu);
                },
            },
        };
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2), HostLab.Guest("b", 4)));
        Assert.Equal((FrequencyStatus.BackendFailed, false), (host.ServiceFor("a", 0).Answer(0, s_max, 0).Status, host.ServiceFor("b", 0).Answer(0, s_max, 0).IsError));
        Assert.True(host.MissesPcpus);

        free.Set();
        Assert.True(SpinWait.SpinUntil(() => host.TryMissing(1), s_patience));
        Assert.False(host.ServiceFor("a", 0).Answer(0, s_max, 2).IsError);
    }

    [Fact]
    public void A_core_that_hangs_holds_up_neither_a_new_policy_nor_the_end()
    {
        HangingBackend hanging = new();
        HostLab lab = Lab();
        Func<int, IFrequencyBackend> open = lab.Options.Open;
        lab = new HostLab { Options = lab.Options with { Open = pCpu => pCpu == 2 ? hanging : open(pCpu) } };
        HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2), HostLab.Guest("b", 4)));
        VcpuService a = host.ServiceFor("a", 0), b = host.ServiceFor("b", 0);
        a.Answer(0, new FrequencyCall(FrequencyOp.Min), 0);
        hanging.Hangs = true;
        Thread call = new(() => a.Answer(0, s_max, 1)) { IsBackground = true };
        call.Start();
        Assert.True(SpinWait.SpinUntil(() => host.IsWorking(2), s_patience));

        host.Update(HostLab.Policy(HostLab.Guest("a", 2) with { Slowest = HostLab.Index(1) }, HostLab.Guest("b", 4) with { Fastest = HostLab.Index(2) }), 2);
        host.TickCore(4, 2);
        Assert.Equal(2, b.Answer(0, s_max, 3).Value);
        Assert.Equal(["pCPU 2"], host.End());
        hanging.Hangs = false;
        Assert.True(call.Join(s_patience));
    }

    [Fact]
    public void Process_files_that_hang_deny_their_guest_alone_and_are_told_at_both_ends()
    {
        using ManualResetEventSlim free = new(initialState: true);
        List<string> notices = [];
        HostLab lab = Lab();
        lab = new HostLab
        {
            Options = lab.Options with
            {
                IsPinned = (process, _, _) =>
                {
                    if (process == "1")
                    {
                        free.Wait();
                    }

                    return true;
                },
                Log = new LineLogger(notices.Add),
            },
        };
        using HostFrequency host = lab.Start(HostLab.Policy(HostLab.Guest("a", 2) with { Process = "1" }, HostLab.Guest("b", 4) with { Process = "2" }));
        VcpuService a = host.ServiceFor("a", 0), b = host.ServiceFor("b", 0);
        Assert.True(a.Granted && b.Granted);
        a.Answer(0, s_max, 0);

        free.Reset();
        host.CheckPins();
        host.CheckPins();
        host.TickCore(2, 1);
        Assert.Equal((false, null, true), (a.Granted, a.Wish, b.Granted));
        free.Set();
        Assert.True(SpinWait.SpinUntil(() => { host.CheckPins(); return notices.Count == 2; }, s_patience));
        Assert.True(a.Granted);
        Assert.Contains("guest a vCPU 0: the files of its process (1) have not answered", notices[0], StringComparison.Ordinal);
        Assert.Contains("answer again", notices[1], StringComparison.Ordinal);
    }

    private static HostLab Lab()
    {
        HostLab lab = new();
        return new HostLab { Options = lab.Options with { Open = _ => new ScriptedBackend(HostLab.Table), ByCore = true, Audit = null } };
    }

    private sealed class HangingBackend : IFrequencyBackend
    {
        private readonly ScriptedBackend _inner = new(HostLab.Table);

        public volatile bool Hangs;

        public PStateTable PStates => _inner.PStates;

        public bool Emulated => true;

        public int Requested => _inner.Requested;

        public void Attach(IStatusSink sink)
        {
        }

        public bool TrySet(int index, ulong tsc)
        {
            Wait();
            return _inner.TrySet(index, tsc);
        }

        public void Poll(ulong tsc)
        {
        }

        public void Dispose() => Wait();

        private void Wait()
        {
            while (Hangs)
            {
                Thread.Sleep(1);
            }
        }
    }
}
