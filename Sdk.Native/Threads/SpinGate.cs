using System.Diagnostics.CodeAnalysis;

namespace PollScale.Native;

/// <summary>
/// A spin lock for a few instructions: <c>using (_gate.Enter())</c>. It allocates nothing, which a Monitor does under contention. It is not held while
/// anything is waited for, a file least of all: what may take its time is guarded by a <see cref="Lock"/>. Not for readonly fields, nor to be copied.
/// </summary>
internal struct SpinGate
{
    /// <summary>The AppContext switch that has gates counted: tests set it.</summary>
    public const string CountsSwitch = "PollScale.CountsSpinGates";

    private static readonly bool s_counts = AppContext.TryGetSwitch(CountsSwitch, out bool counts) && counts;

    [ThreadStatic]
    private static int s_held;

    private int _taken;

    /// <summary>Gates that the calling thread holds, where <see cref="CountsSwitch"/> is on; else 0. Whoever is about to wait may demand 0.</summary>
    public static int HeldByThisThread => s_held;

    /// <summary>Takes it; the same thread must not hold it already.</summary>
    /// <returns>Gives it back when disposed.</returns>
    [UnscopedRef]
    public Scope Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
        {
            Wait();
        }

        if (s_counts)
        {
            s_held++;
        }

        return new Scope(ref _taken);
    }

    private void Wait()
    {
        SpinWait spin = default;
        do
        {
            spin.SpinOnce();
        }
        while (Volatile.Read(ref _taken) != 0 || Interlocked.CompareExchange(ref _taken, 1, 0) != 0);
    }

    /// <summary>The time a gate is held.</summary>
    public readonly ref struct Scope
    {
        private readonly ref int _taken;

        internal Scope(ref int taken) => _taken = ref taken;

        /// <summary>Gives the gate back.</summary>
        public void Dispose()
        {
            if (s_counts)
            {
                s_held--;
            }

            Volatile.Write(ref _taken, 0);
        }
    }
}
