using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using PollScale.Clock;
using PollScale.Native;

namespace PollScale;

/// <summary>How one lcore waits: on its own thread, by one mechanism, so that the lateness which its governor learns is that mechanism's.</summary>
internal sealed class IdleWait
{
    private readonly WaitMechanism _by;
    private readonly TscFrequency _frequency;
    private readonly Func<ulong>? _ticks;
    private readonly IWaitInstruction? _instruction;
    private SafeHandle? _descriptor;
    private volatile string? _problem;
    private bool _isPunctual;

    /// <param name="options">The mechanism.</param>
    /// <param name="frequency">Unit of ticks.</param>
    /// <exception cref="PlatformNotSupportedException">The CPU lacks the mechanism.</exception>
    public IdleWait(LcoreScalerOptions options, TscFrequency frequency)
    {
        (_by, _frequency, _ticks) = (options.WaitBy, frequency, options.Ticks);
        _descriptor = options.WaitDescriptor;
        _instruction = _by == WaitMechanism.Tpause ? options.WaitInstruction ?? new WaitInstruction(Cpuid.Read) : null;
    }

    /// <summary>The first thing for which a descriptor could not be waited for, and what to do; null while there was none. Any thread may ask.</summary>
    public string? Problem => _problem;

    /// <summary>Waits.</summary>
    /// <param name="before">Ticks now.</param>
    /// <param name="ticks">For how long.</param>
    /// <param name="word">A word whose change ends it, where the mechanism can watch memory; a null reference for none.</param>
    /// <param name="seen">What it held.</param>
    public void Wait(ulong before, ulong ticks, ref readonly uint word, uint seen)
    {
        switch (_by)
        {
            case WaitMechanism.Sleep:
            case WaitMechanism.Event:
                Sleep((long)_frequency.ToNanoseconds(ticks));
                break;
            case WaitMechanism.Tpause:
                Rest(_instruction!, before, ticks, in word, seen);
                break;
            default:
                while (Now() - before < ticks && Holds(in word, seen))
                {
                    X86Base.Pause();
                }

                break;
        }
    }

    // An instruction may end at any time before its deadline. Ticks are told by their difference, so that a clock that leaps back ends the wait.
    private void Rest(IWaitInstruction instruction, ulong before, ulong ticks, ref readonly uint word, uint seen)
    {
        while (Now() - before < ticks && Holds(in word, seen))
        {
            if (Unsafe.IsNullRef(in word))
            {
                instruction.Pause(before + ticks);
            }
            else
            {
                instruction.Monitor(in word, seen, before + ticks);
            }
        }
    }

    private void Sleep(long nanoseconds)
    {
        if (!_isPunctual)
        {
            ThreadSleep.TakeNoSlack();
            _isPunctual = true;
        }

        if (_descriptor is null || !Awaits(_descriptor, nanoseconds))
        {
            ThreadSleep.For(nanoseconds);
        }
    }

    // False where it did not wait. A handle is held meanwhile: its number might be another file's after a close.
    private bool Awaits(SafeHandle descriptor, long nanoseconds)
    {
        bool held = false;
        string? problem;
        bool lasts = true;
        try
        {
            descriptor.DangerousAddRef(ref held);
            problem = DescriptorWait.For((int)descriptor.DangerousGetHandle(), nanoseconds, out lasts);
        }
        catch (ObjectDisposedException)
        {
            problem = DescriptorWait.Closed;
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }

        if (problem is not null)
        {
            _descriptor = lasts ? null : descriptor;
            _problem ??= $"No packet ends a wait, for LcoreScalerOptions.WaitDescriptor (wait-descriptor) cannot be waited for: {problem}. The thread sleeps all the time that it may. Give it a descriptor that can be read when packets come, and keep it open.";
        }

        return problem is null;
    }

    private static bool Holds(ref readonly uint word, uint seen) => Unsafe.IsNullRef(in word) || Volatile.Read(in word) == seen;

    private ulong Now() => _ticks is null ? TscClock.Now : _ticks();
}
