using System.Runtime.ExceptionServices;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Answered;

/// <summary>A guest whose hypercalls are answered, served as ever: a pinned thread of this process is its vCPU 0, on which the real kernel runs the program.</summary>
// SAFETY: the page is the peer's own mapping, whole; its address is a number here, through which nothing is read.
internal sealed unsafe class AnswerLab : IDisposable
{
    private const int Grants = 8; // more than a test has, one after the other

    private readonly AnswerServer _server;
    private HypercallAnswers? _answers;

    private AnswerLab(int guests, string? refusal, TimeSpan silence)
    {
        Refusal = refusal;
        Thread = new VcpuThread(LibC.getpid(), LibC.gettid(), AnsweredThread.BeganOf(LibC.getpid(), LibC.gettid()));
        _server = new AnswerServer(Load, Find, thread => IsThere && thread == Thread, _ => { }) { FindPage = FindPage };
        Host = new RegionLab(guests: guests, policy: OneGuestLab.Generous with { Hypercall = HypercallMode.Answered, Silence = silence }, hypercalls: _server);
        Vm = Host.Connect();
    }

    public RegionLab Host { get; }

    public IvshmemPeer Vm { get; }

    public VcpuThread Thread { get; }

    /// <summary>False where the kernel is locked down: then nothing is written, and all else is as it is.</summary>
    public bool Writes { get; private set; }

    /// <summary>Why no program can be loaded; null for nothing.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether the vCPU's thread is there.</summary>
    public bool IsThere { get; set; } = true;

    /// <summary>The header says that the instruction rings.</summary>
    public bool IsTold => (Vm.Header(RegionLayout.FlagsField) & (uint)RegionFlags.HypercallsObserved) != 0;

    /// <summary>What stands of the first grant.</summary>
    public Standing Standing => new(_answers!.States.Read(0).Standing);

    /// <summary>Answers that could not be written.</summary>
    public ulong Unwritten => Enumerable.Range(0, Grants).Aggregate(0ul, (sum, index) => sum + _answers!.States.Read(index).Unwritten);

    /// <summary>Runs a test on the vCPU's thread; skips it where no program may be loaded, or there is no such CPU.</summary>
    /// <param name="test">The test.</param>
    /// <param name="guests">Guests, of which the first has a VM.</param>
    /// <param name="refusal">Why no program can be loaded.</param>
    /// <param name="silence">After which a wish lapses; null for an hour.</param>
    public static void Run(Action<AnswerLab> test, int guests = 1, string? refusal = null, TimeSpan? silence = null)
    {
        Assert.SkipWhen(BpfHere.Missing is not null, BpfHere.Missing ?? "");
        Exception? failure = null;
        int pinned = 0;
        Thread thread = new(() =>
        {
            try
            {
                pinned = ThreadAffinity.Pin(0);
                if (pinned == 0)
                {
                    using AnswerLab lab = new(guests, refusal, silence ?? TimeSpan.FromHours(1));
                    test(lab);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.SkipWhen(pinned != 0, "This process may not run on CPU 0.");
        Assert.SkipWhen(failure is InvalidOperationException && failure.Message.StartsWith("/proc/self/ns/pid", StringComparison.Ordinal), failure?.Message ?? "");
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Waits until calls are answered.</summary>
    public void UntilAnswered()
    {
        uint sequence = 900_000;
        ChannelLab.Until(() =>
        {
            Call(++sequence, new FrequencyCall(FrequencyOp.Hello, HypercallAbi.Version));
            return IsTold && _answers is HypercallAnswers answers && Enumerable.Range(0, Grants).Any(index => answers.States.Decided(index) == sequence);
        }, "hypercalls are not answered");
    }

    /// <summary>Stores a request and makes the call for it.</summary>
    /// <returns>True where it was answered when the call ended.</returns>
    public bool Call(uint sequence, FrequencyCall call)
    {
        Assert.True(RequestWord.TryMake(sequence, call, posted: false, out RequestWord word));
        Vm.Write(0, word.Value);
        return Execute(sequence);
    }

    /// <summary>Makes the call for what the slot holds.</summary>
    /// <returns>As of <see cref="Call"/>.</returns>
    public bool Execute(uint sequence)
    {
        _answers?.Program.Run([HypercallAbi.NumberBase, 0, sequence, 0, 0]);
        return Vm.Echo(0) == sequence;
    }

    /// <summary>What the VM may do with its page.</summary>
    public void Protect(int protection) => Assert.Equal(0, LibC.mprotect(Vm.Page, RegionLayout.Size, protection));

    /// <summary>Has the vCPU's shard do nothing until the end of what is given.</summary>
    public IDisposable HoldShard()
    {
        HeldShard held = new();
        Assert.True(Host.Shards.TryWatch(held, Host.Binding.Vcpus[0].Shard, _ => { }));
        return held;
    }

    public void Dispose()
    {
        Host.Dispose();
        _server.Stop(ChannelLab.Patience);
        _server.Dispose();
        Vm.Dispose();
    }

    private HypercallAnswers Load()
    {
        if (Refusal is string refusal)
        {
            throw new InvalidOperationException(refusal);
        }

        (_answers, Writes) = AnsweredThread.Load();
        return _answers;
    }

    private VcpuThread? Find(int process, int vcpu, out string problem)
    {
        Assert.Equal((Thread.Process, 0), (process, vcpu));
        problem = IsThere ? "" : "thread CPU 0/KVM is not there.";
        return IsThere ? Thread : null;
    }

    // Of two places in this process, the VM's own.
    private ulong? FindPage(int process, FileFacts page, out string problem)
    {
        ulong? found = RegionAddress.Find(process, page, out problem);
        return found is null ? null : (ulong)Vm.Page;
    }
}
