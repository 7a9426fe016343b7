using System.Text.Json;
using PollScale.HostStub.Audit;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Native;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Audit;

public class AuditLogTests
{
    private static readonly AuditRecord s_clamped = new(
        "for\"warder\n", 0, 3, new FrequencyCall(FrequencyOp.SetPState, 0), CallVerdict.Clamped, AuditReason.BoundFastest, 2, 2_800_000, 1000);

    [Fact]
    public void A_decision_is_one_line_with_every_field()
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Root, "audit.jsonl");
        ulong tsc = 1000;
        using (AuditLog log = new(path, new AuditOptions { TscHz = 1e9, Tsc = () => tsc += 250 }))
        {
            log.Note(s_clamped);
        }

        JsonElement line = Lines(path).Single();
        Assert.Equal(
            ["time", "guest", "vcpu", "pcpu", "asked", "argument", "decided", "reason", "p_state", "khz", "latency_us"],
            line.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ("for\"warder\n", 0, 3, "set_p_state", 0L),
            (line.GetProperty("guest").GetString(), line.GetProperty("vcpu").GetInt32(), line.GetProperty("pcpu").GetInt32(), line.GetProperty("asked").GetString(), line.GetProperty("argument").GetInt64()));
        Assert.Equal(
            ("clamped", "bound_fastest", 2, 2_800_000),
            (line.GetProperty("decided").GetString(), line.GetProperty("reason").GetString(), line.GetProperty("p_state").GetInt32(), line.GetProperty("khz").GetInt32()));
        Assert.True(line.GetProperty("latency_us").GetDouble() >= 0.25);
        Assert.EndsWith("Z", line.GetProperty("time").GetString());
    }

    [Fact]
    public void A_withdrawal_was_not_asked_for()
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Root, "audit.jsonl");
        using (AuditLog log = new(path))
        {
            log.Note(s_clamped with { Result = CallVerdict.Withdrawn, Reason = AuditReason.NotPinned, Pcpu = -1, PState = -1, KHz = 0 });
        }

        JsonElement line = Lines(path).Single();
        Assert.Equal(("withdrawn", "not_pinned"), (line.GetProperty("decided").GetString(), line.GetProperty("reason").GetString()));
        Assert.DoesNotContain(line.EnumerateObject(), p => p.Name is "asked" or "pcpu" or "p_state" or "khz");
    }

    [Fact]
    public void Of_equal_decisions_the_first_is_written_and_the_rest_counted()
    {
        RepeatLimiter limiter = new(1000);
        AuditRecord other = s_clamped with { Guest = "other" };

        Assert.True(limiter.Admit(s_clamped, 0));
        Assert.True(limiter.Admit(other, 500));
        for (int i = 0; i < 41; i++)
        {
            Assert.False(limiter.Admit(s_clamped with { Vcpu = i }, 600));
        }

        Assert.Empty(limiter.Take(999, all: false));
        Assert.Equal([new AuditRepeats(s_clamped.Guest, CallVerdict.Clamped, AuditReason.BoundFastest, 41, 1000)], limiter.Take(1000, all: false));
        Assert.False(limiter.Admit(s_clamped, 1001)); // the flood goes on: only counts
        Assert.True(limiter.Admit(s_clamped with { Reason = AuditReason.SharedPcpu }, 1001));
        Assert.Equal(1ul, limiter.Take(2000, all: false).Single().Repeats);
        Assert.Empty(limiter.Take(3000, all: false));
        Assert.True(limiter.Admit(s_clamped, 3001)); // a quiet window ended it
        Assert.True(limiter.Admit(other, 3001));
    }

    [Fact]
    public void A_flood_is_written_as_a_line_and_a_count_that_add_up()
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Root, "audit.jsonl");
        using (AuditLog log = new(path, new AuditOptions { Capacity = 5000 }))
        {
            for (int i = 0; i < 5000; i++)
            {
                log.Note(s_clamped);
            }
        }

        JsonElement[] lines = Lines(path);
        ulong repeats = lines.Where(l => l.TryGetProperty("repeats", out _)).Aggregate(0ul, (sum, l) => sum + l.GetProperty("repeats").GetUInt64());
        Assert.Equal(5000ul, repeats + (ulong)lines.Count(l => l.TryGetProperty("asked", out _)));
    }

    [Fact]
    public void What_finds_no_room_is_counted_and_the_count_written()
    {
        AuditQueue queue = new(2);
        for (int i = 0; i < 5; i++)
        {
            queue.Add(new AuditEntry(s_clamped with { Vcpu = i }, 0));
        }

        Assert.Equal((3ul, 0ul), (queue.TakeDropped(), queue.TakeDropped()));
        Assert.True(queue.TryTake(out AuditEntry first));
        Assert.True(queue.TryTake(out AuditEntry second));
        Assert.False(queue.TryTake(out _));
        Assert.Equal((0, 1), (first.Record.Vcpu, second.Record.Vcpu));
    }

    [Fact]
    public void A_full_disk_is_told_at_once_and_so_is_its_recovery_with_what_was_lost()
    {
        using SmallDisk disk = new();
        string path = Path.Combine(disk.Root, "audit.jsonl"), filler = Path.Combine(disk.Root, "filler");
        List<string> notices = [];
        using (AuditLog log = new(path, new AuditOptions { Interval = TimeSpan.FromMilliseconds(1), Window = TimeSpan.FromHours(1), Log = new LineLogger(text => { lock (notices) { notices.Add(text); } }) }))
        {
            disk.Fill(filler);
            log.Note(s_clamped);
            log.Note(s_clamped with { Reason = AuditReason.SharedPcpu });
            Assert.True(SpinWait.SpinUntil(() => { lock (notices) { return notices.Count == 1; } }, TimeSpan.FromSeconds(20)), "nobody was told");
            Assert.Contains("cannot be written", notices[0]);
            Assert.Contains("No space left on device", notices[0]);
            Assert.True(SpinWait.SpinUntil(() => log.Lost == 2, TimeSpan.FromSeconds(20)), $"{log.Lost} lost");

            File.Delete(filler);
            Assert.True(SpinWait.SpinUntil(() => { lock (notices) { return notices.Count == 2; } }, TimeSpan.FromSeconds(20)), "its end was not told");
            Assert.Contains("can be written again", notices[1]);
            log.Note(s_clamped with { Guest = "after" });
        }

        JsonElement[] lines = Lines(path);
        Assert.Equal((0ul, 2ul), (lines[0].GetProperty("dropped").GetUInt64(), lines[0].GetProperty("unwritten").GetUInt64()));
        Assert.Equal("after", lines[1].GetProperty("guest").GetString());
        Assert.Equal(2, notices.Count);
    }

    [Fact]
    public void A_log_whose_thread_fails_says_so_and_counts_what_it_did_not_write()
    {
        using TemporaryTree tree = new();
        List<string> notices = [];
        int asked = 0;
        AuditLog log = new(Path.Combine(tree.Root, "audit.jsonl"), new AuditOptions
        {
            Interval = TimeSpan.FromMilliseconds(1),
            Log = new LineLogger(notices.Add),
            Tsc = () => Interlocked.Increment(ref asked) == 3 ? throw new InvalidOperationException("no TSC") : 1UL,
        });
        SpinWait.SpinUntil(() => notices.Count > 0, TimeSpan.FromSeconds(20));
        log.Note(s_clamped);
        log.Note(s_clamped);
        log.Dispose();

        Assert.Contains("takes no more decisions: no TSC", notices[0]);
        Assert.Equal(2ul, log.Lost);
        Assert.Contains("could not take decisions: 2.", notices[1]);
    }

    [Fact]
    public void A_full_file_is_put_aside_and_only_so_many_are_kept()
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Root, "audit.jsonl");
        using (AuditFile file = new(path, new AuditLimits(4096, 2)))
        {
            for (int i = 0; i < 40; i++)
            {
                Assert.Null(file.Write(System.Text.Encoding.ASCII.GetBytes($"{{\"n\":{i},\"pad\":\"{new string('x', 980)}\"}}\n")));
            }
        }

        Assert.Equal(["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"], Directory.GetFiles(tree.Root).Select(f => Path.GetFileName(f)).Order());
        Assert.All(Directory.GetFiles(tree.Root), f => Assert.InRange(new FileInfo(f).Length, 1, 4096));
        Assert.Equal(Enumerable.Range(28, 12), Directory.GetFiles(tree.Root).SelectMany(Lines).Select(l => l.GetProperty("n").GetInt32()).Order());
        Assert.Equal([36, 37, 38, 39], Lines(path).Select(l => l.GetProperty("n").GetInt32()));
    }

    [Fact]
    public void Two_processes_with_one_file_rotate_it_once()
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Root, "audit.jsonl");
        using AuditFile first = new(path, new AuditLimits(4096, 3)), second = new(path, new AuditLimits(4096, 3));
        byte[] line = System.Text.Encoding.ASCII.GetBytes($"{{\"pad\":\"{new string('x', 1000)}\"}}\n");
        for (int i = 0; i < 12; i++)
        {
            Assert.Null((i % 2 == 0 ? first : second).Write(line));
        }

        Assert.Equal(12, Directory.GetFiles(tree.Root).Sum(f => Lines(f).Length));
        Assert.False(File.Exists(path + ".4"));
    }

    [Fact]
    public void What_lies_where_an_old_file_goes_is_neither_followed_nor_written_through()
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Root, "audit.jsonl"), victim = tree.Write("victim", "kept");
        File.CreateSymbolicLink(path + ".1", victim);
        using (AuditFile file = new(path, new AuditLimits(4096, 1)))
        {
            for (int i = 0; i < 6; i++)
            {
                Assert.Null(file.Write(System.Text.Encoding.ASCII.GetBytes($"{{\"pad\":\"{new string('x', 1000)}\"}}\n")));
            }
        }

        Assert.Equal("kept", File.ReadAllText(victim));
        Assert.Null(new FileInfo(path + ".1").LinkTarget);
    }

    [Fact]
    public void A_file_that_cannot_be_put_aside_does_not_outgrow_its_size_and_that_is_told()
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Root, "audit.jsonl");
        Directory.CreateDirectory(path + ".1/in-the-way");
        List<string> notices = [];
        using (AuditLog log = new(path, new AuditOptions { Interval = TimeSpan.FromMilliseconds(1), Window = TimeSpan.FromHours(1), Limits = new AuditLimits(4096, 1), Log = new LineLogger(notices.Add) }))
        {
            for (int i = 0; i < 60; i++)
            {
                log.Note(s_clamped with { Guest = $"guest {i}" });
            }
        }

        Assert.InRange(new FileInfo(path).Length, 1, 4096);
        Assert.Contains("cannot be written", notices[0]);
        Assert.Contains("could not take", notices[^1]);
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("hard")]
    [InlineData("folder")]
    [InlineData("device")]
    [InlineData("everybodys")]
    [InlineData("everybodys-folder")]
    public void A_path_that_others_may_have_laid_out_is_refused_at_once_and_nothing_written(string kind)
    {
        using HostileFiles files = new("kept\n");

        AuditException e = Assert.Throws<AuditException>(() => new AuditLog(files.Of(kind)));
        Assert.StartsWith($"The audit log {files.Of(kind)} cannot be opened: ", e.Message);
        Assert.Equal("kept\n", File.ReadAllText(files.Of("plain")));
    }

    [Fact]
    public void Rotation_goes_on_in_a_new_file_and_loses_nothing()
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Root, "audit.jsonl"), moved = Path.Combine(tree.Root, "audit.jsonl.1");
        using (AuditLog log = new(path, new AuditOptions { Interval = TimeSpan.FromMilliseconds(1) }))
        {
            log.Note(s_clamped);
            SpinWait.SpinUntil(() => new FileInfo(path).Length > 0, TimeSpan.FromSeconds(20));
            File.Move(path, moved);
            log.Reopen();
            SpinWait.SpinUntil(() => File.Exists(path), TimeSpan.FromSeconds(20));
            log.Note(s_clamped with { Guest = "second" });
        }

        Assert.Equal(s_clamped.Guest, Lines(moved).First().GetProperty("guest").GetString());
        Assert.Equal("second", Lines(path).Single().GetProperty("guest").GetString());
    }

    [Fact]
    public void A_log_only_grows_whoever_else_writes()
    {
        using TemporaryTree tree = new();
        string path = tree.Write("audit.jsonl", "{\"kept\":1}\n");
        using (AuditFile file = new(path, AuditLimits.Default))
        {
            Assert.Null(file.Write("{\"a\":1}\n"u8));
            File.AppendAllText(path, "{\"b\":1}\n");
            Assert.Null(file.Write("{\"c\":1}\n"u8));
            File.WriteAllText(path, "");
            Assert.Null(file.Write("{\"d\":1}\n"u8));
        }

        Assert.Equal("{\"d\":1}\n", File.ReadAllText(path));
    }

    [Theory]
    [InlineData("/nonexistent/audit.jsonl")]
    [InlineData("/tmp")]
    public void A_file_that_cannot_be_opened_is_an_error_at_once(string path) =>
        Assert.Contains(path, Assert.Throws<AuditException>(() => new AuditLog(path)).Message);

    [Fact]
    public void Noting_allocates_nothing()
    {
        using TemporaryTree tree = new();
        using AuditLog log = new(Path.Combine(tree.Root, "audit.jsonl"));
        log.Note(s_clamped);
        Allocated.Nothing(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                log.Note(s_clamped);
            }
        });
    }

    private static JsonElement[] Lines(string path) => [.. File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement)];
}
