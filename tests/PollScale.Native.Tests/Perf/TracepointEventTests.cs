using System.ComponentModel;
using System.Diagnostics;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Native;

/// <summary>A real kernel's tracepoint, watched on a thread of this process: system calls of one number.</summary>
public class TracepointEventTests
{
    private static readonly Lazy<(int Id, string Missing)> s_tracepoint = new(Find);

    [Fact]
    public void The_kernel_tells_thread_and_CPU_of_what_passes_the_filter()
    {
        using TracepointEvent watched = Watch($"id == {LibC.SYS_gettid}");
        using EventPoll poll = new(4);
        poll.AddEdge(watched.Descriptor, 7);
        Assert.Equal(0, poll.Wait(0));

        int cpu = Pin();
        _ = LibC.getpid(); // is not what is watched
        int me = LibC.gettid();
        Assert.Equal(1, poll.Wait(5000));
        Assert.Equal(7, poll.Key(0));
        Assert.Equal([(me, cpu)], Read(watched));

        // Nobody reads the descriptor: the next record wakes all the same.
        _ = LibC.gettid();
        Assert.Equal(1, poll.Wait(5000));
        Assert.Equal([(me, cpu)], Read(watched));
    }

    [Fact]
    public void A_flood_loses_records_and_the_ring_is_read_on()
    {
        using TracepointEvent watched = Watch($"id == {LibC.SYS_gettid}");
        int me = 0;
        for (int i = 0; i < 10_000; i++)
        {
            me = LibC.gettid();
        }

        int first = Read(watched).Count;
        Assert.InRange(first, 10, 200);
        _ = LibC.gettid();
        Assert.Equal(me, Read(watched)[^1].Thread);
    }

    /// <summary>Nothing follows that could tell of it.</summary>
    [Fact]
    public void The_kernel_counts_what_it_had_no_room_for()
    {
        const int Calls = 1000;
        Assert.SkipUnless(Environment.OSVersion.Version.Major >= 6, "Linux before 6.0 keeps no count.");
        using TracepointEvent watched = Watch($"id == {LibC.SYS_gettid}");
        Call(1);
        Assert.Equal(0ul, watched.Lost);
        Call(Calls - 1);
        ulong lost = watched.Lost;
        Assert.Equal((ulong)(Calls - Read(watched).Count), lost);
        Assert.True(watched.Ring.MayHaveLost);
        Call(2); // the first of them says how many were lost, the count stays
        Assert.Equal(2, Read(watched).Count);
        Assert.Equal(lost, watched.Lost);
    }

    [Fact]
    public void A_kernel_that_keeps_no_count_of_lost_records_watches_all_the_same()
    {
        const ulong Unknown = 1ul << 63;
        using TracepointEvent watched = TracepointEvent.Open(Tracepoint(), LibC.gettid(), $"id == {LibC.SYS_gettid}", Unknown);
        Call(200);
        Assert.Equal(0ul, watched.Lost);
        Assert.InRange(Read(watched).Count, 10, 199);
    }

    [Fact]
    public void The_end_of_the_thread_is_told()
    {
        using ManualResetEventSlim opened = new();
        int thread = 0;
        Thread there = new(() =>
        {
            Volatile.Write(ref thread, LibC.gettid());
            opened.Wait();
        });
        there.Start();
        SpinWait.SpinUntil(() => Volatile.Read(ref thread) != 0);
        using TracepointEvent watched = Watch(null, thread);
        Assert.False(watched.HasEnded);
        opened.Set();
        there.Join();
        for (Stopwatch time = Stopwatch.StartNew(); !watched.HasEnded; Thread.Sleep(1))
        {
            Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), "its end is not told");
        }

        Assert.Equal(LibC.ESRCH, Assert.Throws<Win32Exception>(() => Watch(null, thread)).NativeErrorCode);
    }

    [Fact]
    public void A_filter_of_fields_that_are_not_there_is_refused() =>
        Assert.Equal(LibC.EINVAL, Assert.Throws<Win32Exception>(() => Watch("nothing == 3")).NativeErrorCode);

    private static TracepointEvent Watch(string? filter, int? thread = null) => TracepointEvent.Open(Tracepoint(), thread ?? LibC.gettid(), filter);

    private static void Call(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _ = LibC.gettid();
        }
    }

    private static List<(int Thread, int Cpu)> Read(TracepointEvent watched)
    {
        List<(int, int)> seen = [];
        watched.Ring.Look();
        while (watched.Ring.TryRead(out uint type, out ReadOnlySpan<byte> body))
        {
            if (type == LibC.PERF_RECORD_SAMPLE && PerfSample.TryParse(body, out PerfSample sample))
            {
                seen.Add((sample.Thread, sample.Cpu));
            }
        }

        return seen;
    }

    private static int Pin()
    {
        int cpu = LibC.sched_getcpu();
        Assert.Equal(0, ThreadAffinity.Pin(cpu));
        return cpu;
    }

    private static int Tracepoint()
    {
        Assert.SkipUnless(s_tracepoint.Value.Id > 0, s_tracepoint.Value.Missing);
        return s_tracepoint.Value.Id;
    }

    private static (int Id, string Missing) Find()
    {
        try
        {
            string text = Format(out string missing);
            int id = TracepointFormat.Parse(text)?.Id ?? 0;
            if (id > 0)
            {
                TracepointEvent.Open(id, LibC.gettid(), null).Dispose();
            }

            return (id, missing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            return (0, $"This user may not watch tracepoints here: {e.Message}");
        }
    }

    // Mounted for a moment where it is not: a container has none.
    private static string Format(out string missing)
    {
        const string Path = "events/raw_syscalls/sys_enter/format";
        missing = "";
        if (File.Exists($"/sys/kernel/tracing/{Path}"))
        {
            return File.ReadAllText($"/sys/kernel/tracing/{Path}");
        }

        using TemporaryFolder folder = new();
        if (Run("mount", "-t", "tracefs", "tracefs", folder.Path) != 0)
        {
            missing = "tracefs is not mounted, and may not be by this user.";
            return "";
        }

        try
        {
            return File.ReadAllText($"{folder.Path}/{Path}");
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
