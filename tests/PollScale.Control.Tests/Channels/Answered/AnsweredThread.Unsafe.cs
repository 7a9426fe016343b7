using System.ComponentModel;
using System.Globalization;
using System.Runtime.ExceptionServices;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Compiled;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Answered;

/// <summary>A thread of this process in a vCPU's place, with a region of its own: the real kernel runs the program on it, as if it had passed the tracepoint.</summary>
internal sealed unsafe class AnsweredThread : IDisposable
{
    public const int Vcpu = 3;
    public const ulong Nonce = 0x0123_4567_89ab_cdef;
    private const int ProtectedPages = RegionLayout.Size;
    private readonly MappedRegion _region;

    private AnsweredThread()
    {
        (Answers, Writes) = Load();
        Place = Answers.Take();
        using StreamDescriptor memory = SealedMemory.Make("region", RegionLayout.Size);
        _region = MappedRegion.Map(memory.Fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, "region");
        Random random = new(7);
        random.NextBytes(Region);
        *(ulong*)(_region.Address + RegionLayout.NonceField) = Nonce;
        Cpu = LibC.sched_getcpu();
        Assert.Equal(0, ThreadAffinity.Pin(Cpu));
        Basic = new AnsweredGrant
        {
            Thread = new VcpuThread(LibC.getpid(), LibC.gettid(), BeganOf(LibC.getpid(), LibC.gettid())), Region = (ulong)_region.Address, Nonce = Nonce, Vcpu = Vcpu,
            Policy = new CompiledPolicy
            {
                Pcpu = Cpu, Table = new PStateTable([3_000_000, 2_500_000, 2_000_000, 1_500_000, 1_000_000], 1, 3, 0), Control = true, Queries = true, CallsPerSecond = 100_000_000, Burst = 1_000_000,
            },
        };
    }

    public HypercallAnswers Answers { get; }

    /// <summary>Where it is granted.</summary>
    public AnsweredPlace Place { get; }

    /// <summary>False where the kernel is locked down: then the two writes are left out of the program, and all else is as it is.</summary>
    public bool Writes { get; }

    public AnsweredGrant Basic { get; }

    public int Cpu { get; }

    public Span<byte> Region => new(_region.Address, RegionLayout.Size);

    public ref ulong NonceThere => ref *(ulong*)(_region.Address + RegionLayout.NonceField);

    public ref ulong Request => ref *(ulong*)(Slot + RegionLayout.RequestField);

    public long Result => *(long*)(Slot + RegionLayout.ResultField);

    public uint Echo => *(uint*)(Slot + RegionLayout.EchoField);

    private byte* Slot => _region.Address + RegionLayout.Slot(Vcpu);

    /// <summary>Runs a test on a thread that is pinned; skips it where no program may be loaded.</summary>
    /// <param name="test">The test.</param>
    /// <param name="mustWrite">Nothing of the test holds where nothing is written.</param>
    public static void Run(Action<AnsweredThread> test, bool mustWrite = false)
    {
        Assert.SkipWhen(BpfHere.Missing is not null, BpfHere.Missing ?? "");
        Exception? failure = null;
        bool locked = false;
        Thread thread = new(() =>
        {
            try
            {
                using AnsweredThread own = new();
                locked = mustWrite && !own.Writes;
                if (!locked)
                {
                    test(own);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.SkipWhen(failure is InvalidOperationException && failure.Message.StartsWith("/proc/self/ns/pid", StringComparison.Ordinal), failure?.Message ?? "");
        Assert.SkipWhen(locked, "This kernel is locked down (integrity): no program may write into a process. The lab's kernels run this test.");
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Grants.</summary>
    /// <returns>Index of its state.</returns>
    public int Grant(AnsweredGrant grant, int inForce)
    {
        Answers.Grant(Place, grant, inForce);
        return Place.Index;
    }

    /// <summary>Takes the grant back.</summary>
    /// <returns>False where there was none.</returns>
    public bool Withdraw(AnsweredGrant grant) => Answers.Withdraw(Place, grant);

    /// <summary>The instruction, with this in rcx; the request is what the slot holds.</summary>
    public void Call(ulong sequence, ulong number = HypercallAbi.NumberBase) => Assert.Equal(0u, Answers.Program.Run([number, 0, sequence, 0, 0]));

    /// <summary>Stores a request and makes the call for it.</summary>
    public void Ask(uint sequence, FrequencyCall call)
    {
        Assert.True(RequestWord.TryMake(sequence, call, false, out RequestWord word));
        Request = word.Value;
        Call(sequence);
    }

    /// <summary>What the thread may do with its pages.</summary>
    public void Protect(int protection) => Assert.Equal(0, LibC.mprotect(_region.Address, ProtectedPages, protection));

    public void Dispose()
    {
        _region.Dispose();
        Answers.Return(Place);
        Answers.Dispose();
    }

    /// <summary>Loads the program; without its writes where the kernel is locked down.</summary>
    public static (HypercallAnswers Answers, bool Writes) Load()
    {
        try
        {
            return (new HypercallAnswers(), true);
        }
        catch (Win32Exception e) when (e.Message.Contains("cannot use helper bpf_probe_write_user", StringComparison.Ordinal))
        {
            BpfInstruction write = BpfInstruction.Call(LibC.BPF_FUNC_probe_write_user), none = BpfInstruction.Compute(BpfOperation.Move, BpfRegister.R0, 0);
            return (new HypercallAnswers(program => BpfProgram.Load([.. program.Select(line => line.Instruction == write ? line with { Instruction = none } : line)], AnsweringProgram.Name)), false);
        }
    }

    /// <summary>Field 22 of a thread's stat file.</summary>
    public static ulong BeganOf(int process, int thread)
    {
        string stat = File.ReadAllText($"/proc/{process}/task/{thread}/stat");
        return ulong.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[22 - 3], CultureInfo.InvariantCulture);
    }
}
