using System.Diagnostics;
using System.Runtime.CompilerServices;
using PollScale.Samples.QueueScaler;

namespace PollScale.GuestProbe.Runtime;

/// <summary>Exercises what the runtime needs of the machine under it: threads, memory, signals, vector state, the console.</summary>
internal static class SelfTest
{
    private const int ChurnBytes = 64 << 20;

    /// <summary>Runs all checks.</summary>
    /// <returns>True when all passed; each failure is printed.</returns>
    public static bool Run()
    {
        bool passed = Check("two threads", TwoThreads);
        passed &= Check("thread pool", ThreadPoolTask);
        passed &= Check("garbage collection", GarbageCollection);
        passed &= Check("exceptions", Exceptions);
        passed &= Check("null dereference", NullDereference);
        passed &= WideVectors.HasAvx2 ? Check("AVX2", WideVectors.SumIsRight) : Without("AVX2");
        passed &= Check("stack trace", Trace);
        passed &= Check("console", WriteConsole);
        return passed;
    }

    private static bool Without(string feature)
    {
        Output.Line($"selftest {feature}: ok, not on this CPU");
        return true;
    }

    private static bool Check(string name, Func<bool> check)
    {
        try
        {
            bool passed = check();
            Output.Line($"selftest {name}: {(passed ? "ok" : "FAILED: wrong result")}");
            return passed;
        }
        catch (Exception e)
        {
            Output.Line($"selftest {name}: FAILED: {e.GetType().Name}: {e.Message}");
            return false;
        }
    }

    private static bool TwoThreads()
    {
        int[] sums = new int[2];
        Thread[] threads = new Thread[2];
        for (int i = 0; i < threads.Length; i++)
        {
            int own = i;
            threads[i] = new Thread(() => sums[own] = Enumerable.Range(1, 1000).Sum());
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return sums[0] == 500500 && sums[1] == 500500;
    }

    private static bool ThreadPoolTask() =>
        Task.Run(() => Environment.CurrentManagedThreadId).Result != Environment.CurrentManagedThreadId;

    private static bool GarbageCollection()
    {
        const int Piece = 4096;
        byte[][] kept = new byte[256][];
        for (int i = 0; i < ChurnBytes / Piece; i++)
        {
            byte[] piece = new byte[Piece];
            piece[i % Piece] = (byte)i;
            kept[i % kept.Length] = piece;
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        const int First = (ChurnBytes / Piece) - 256;
        for (int i = First; i < First + kept.Length; i++)
        {
            if (kept[i % kept.Length][i % Piece] != (byte)i)
            {
                return false;
            }
        }

        return GC.CollectionCount(0) > 0;
    }

    private static bool Exceptions()
    {
        int caught = 0;
        for (int i = 0; i < 1000; i++)
        {
            try
            {
                Throw(i);
            }
            catch (InvalidDataException e) when (e.HResult != 0)
            {
                caught++;
            }
        }

        return caught == 1000;
    }

    private static bool NullDereference()
    {
        try
        {
            return Length(null!) < 0;
        }
        catch (NullReferenceException)
        {
            return true;
        }
    }

    private static bool Trace()
    {
        try
        {
            Throw(0);
            return false;
        }
        catch (InvalidDataException e)
        {
            return new StackTrace(e).FrameCount > 0 && !string.IsNullOrEmpty(e.StackTrace);
        }
    }

    private static bool WriteConsole()
    {
        Console.WriteLine("selftest writes through System.Console");
        Console.Out.Flush();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(int i) => throw new InvalidDataException($"number {i}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Length(byte[] array) => array.Length;
}
