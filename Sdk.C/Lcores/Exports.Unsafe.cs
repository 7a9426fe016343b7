using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PollScale.C.Settings;

namespace PollScale.C.Lcores;

/// <summary>
/// What pollscale.c calls. An exception that left one of them would end the process: each catches all, and writes what happened where the caller says.
/// </summary>
internal static unsafe class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_create")]
    public static int Create(byte* settings, void** counters, ulong* id, byte* error, int size)
    {
        try
        {
            LcoreSettings read = LcoreSettingList.Read(Marshal.PtrToStringUTF8((nint)settings) ?? "");
            LcoreScaler scaler = LcoreOpener.Open(read);
            Lcore lcore;
            try
            {
                lcore = LcoreTable.Add(scaler, read.Governor);
            }
            catch
            {
                scaler.Dispose();
                scaler.Transport.Dispose();
                throw;
            }

            // SAFETY: pollscale.c gives addresses of its caller's struct, which it has written to.
            *counters = (void*)lcore.Block;
            *id = lcore.Id;
            return (int)LcoreStatus.Ok;
        }
        catch (Exception e)
        {
            return (int)Tell(LcoreStatusOf.Failure(e), e.Message, error, size);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_turn")]
    public static int Turn(ulong id, int queue, int received, int backlog, byte* error, int size)
    {
        if (Enter(id, error, size, out int status) is not { } lcore)
        {
            return status;
        }

        try
        {
            if (queue < 0)
            {
                lcore.Scaler.Turn(ref lcore.Counters, received, backlog);
            }
            else if (!lcore.Scaler.HasQueue(queue))
            {
                return (int)Queueless(lcore, queue, error, size);
            }
            else
            {
                lcore.Scaler.ObserveQueue(ref lcore.Counters, queue, received, backlog);
            }

            return (int)LcoreStatus.Ok;
        }
        catch (Exception e)
        {
            return (int)Tell(LcoreStatusOf.Failure(e), e.Message, error, size);
        }
        finally
        {
            lcore.Leave();
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_idle")]
    public static int Idle(ulong id, uint* word, uint seen, byte* error, int size)
    {
        if (Enter(id, error, size, out int status) is not { } lcore)
        {
            return status;
        }

        try
        {
            // SAFETY: the caller's word, or null, which is never read.
            return lcore.Scaler.IdleOf(ref lcore.Counters, ref Unsafe.AsRef<uint>(word), seen) ? 1 : 0;
        }
        catch (Exception e)
        {
            return (int)Tell(LcoreStatusOf.Failure(e), e.Message, error, size);
        }
        finally
        {
            lcore.Leave();
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_queue")]
    public static int Queue(ulong id, int removed, byte* error, int size)
    {
        if (Enter(id, error, size, out int status) is not { } lcore)
        {
            return status;
        }

        try
        {
            if (removed >= 0 && !lcore.Scaler.HasQueue(removed))
            {
                return (int)Queueless(lcore, removed, error, size);
            }

            if (removed >= 0 && lcore.Scaler.Queues == 1)
            {
                return (int)Tell(LcoreStatus.Invalid, $"Queue {removed} is the lcore's only one: close an lcore that polls nothing.", error, size);
            }

            return lcore.Scaler.ChangeQueues(ref lcore.Counters, removed);
        }
        catch (Exception e)
        {
            return (int)Tell(LcoreStatusOf.Failure(e), e.Message, error, size);
        }
        finally
        {
            lcore.Leave();
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_stats")]
    public static int Stats(ulong id, LcoreStats* stats, byte* error, int size)
    {
        if (LcoreTable.Find(id) is not { } lcore)
        {
            return (int)Closed(error, size);
        }

        // SAFETY: pollscale.c gives a struct of its own.
        *stats = LcoreStats.Of(lcore.Scaler, lcore.Counters);
        return (int)LcoreStatus.Ok;
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_text")]
    public static int Text(ulong id, int what, byte* buffer, nuint room, byte* error, int size)
    {
        if (Enter(id, error, size, out int status) is not { } lcore)
        {
            return status;
        }

        try
        {
            string text = LcoreText.Of(lcore, what);
            Write(text, buffer, (int)Math.Min(room, int.MaxValue));
            return Encoding.UTF8.GetByteCount(text);
        }
        catch (Exception e)
        {
            return (int)Tell(LcoreStatusOf.Failure(e), e.Message, error, size);
        }
        finally
        {
            lcore.Leave();
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_close")]
    public static int Close(ulong id, byte* error, int size)
    {
        if (Enter(id, error, size, out int status) is not { } lcore)
        {
            return status;
        }

        try
        {
            LcoreTable.Close(lcore);
            return (int)LcoreStatus.Ok;
        }
        catch (Exception e)
        {
            return (int)Tell(LcoreStatusOf.Failure(e), e.Message, error, size);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_check")]
    public static int Check(byte* settings, byte* error, int size)
    {
        try
        {
            LcoreOpener.Check(LcoreSettingList.Read(Marshal.PtrToStringUTF8((nint)settings) ?? ""));
            return (int)LcoreStatus.Ok;
        }
        catch (Exception e)
        {
            return (int)Tell(LcoreStatusOf.Failure(e), e.Message, error, size);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_retire")]
    public static int Retire(ulong id, byte* error, int size)
    {
        try
        {
            return LcoreTable.Find(id) is not { } lcore ? (int)Closed(error, size)
                : LcoreTable.Retire(lcore) ? (int)LcoreStatus.Ok
                : LcoreTable.Find(id) is null ? (int)Closed(error, size)
                : (int)Tell(LcoreStatus.Failed, "The lcore's thread is in the midst of a decision: it polls. Retire it when it polls no more.", error, size);
        }
        catch (Exception e)
        {
            return (int)Tell(LcoreStatusOf.Failure(e), e.Message, error, size);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "pollscale_managed_close_all")]
    public static void CloseAll()
    {
        try
        {
            LcoreTable.CloseAll();
        }
        catch (Exception)
        {
            // The process ends; whoever starts next finds the lease.
        }
    }

    // Null where the status says why.
    private static Lcore? Enter(ulong id, byte* error, int size, out int status)
    {
        Lcore? lcore = LcoreTable.Find(id);
        if (lcore is { IsCallers: false })
        {
            status = (int)Tell(LcoreStatus.Thread, "The lcore belongs to the thread that made it; make one on each thread that polls.", error, size);
            return null;
        }

        status = lcore is null || !lcore.Enter() ? (int)Closed(error, size) : (int)LcoreStatus.Ok;
        return status < 0 ? null : lcore;
    }

    private static LcoreStatus Closed(byte* error, int size) =>
        Tell(LcoreStatus.Handle, "There is no such lcore: pollscale_create() did not make it, or it is closed.", error, size);

    private static LcoreStatus Queueless(Lcore lcore, int queue, byte* error, int size) =>
        Tell(LcoreStatus.Invalid, $"The lcore has {lcore.Scaler.Queues} queues and not {queue}: queues= says how many there are at the start, pollscale_add_queue() adds one.", error, size);

    private static LcoreStatus Tell(LcoreStatus status, string text, byte* error, int size)
    {
        Write(text, error, size);
        return status;
    }

    private static void Write(string text, byte* buffer, int size)
    {
        if (size <= 0)
        {
            return;
        }

        // SAFETY: pollscale.c gives a buffer of so many bytes.
        Span<byte> room = new(buffer, size);
        Encoding.UTF8.GetEncoder().Convert(text, room[..^1], flush: true, out _, out int written, out _);
        room[written] = 0;
    }
}
