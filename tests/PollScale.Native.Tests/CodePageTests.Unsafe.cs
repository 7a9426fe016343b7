using System.ComponentModel;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

public unsafe class CodePageTests
{
    // lea rax, [rdi + rsi]; ret
    private static readonly byte[] s_add = [0xF3, 0x0F, 0x1E, 0xFA, 0x48, 0x8D, 0x04, 0x37, 0xC3];

    [Fact]
    public void Code_runs_with_its_arguments()
    {
        using CodePage page = new(s_add);

        Assert.Equal(42, page.Invoke(0, 40, 2));
        Assert.Equal(s_add.Length, page.Length);
    }

    [Fact]
    public void A_freed_page_is_not_callable()
    {
        CodePage page = new(s_add);
        page.Dispose();
        page.Dispose();

        Assert.Throws<ObjectDisposedException>(() => page.Invoke(0));
    }

    [Fact]
    public void Offsets_outside_the_code_are_refused()
    {
        using CodePage page = new(s_add);

        Assert.Throws<ArgumentOutOfRangeException>(() => page.Invoke(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => page.Invoke(s_add.Length));
    }

    [Fact]
    public void No_code_is_no_page() => Assert.Throws<ArgumentException>(() => new CodePage([]));

    [Fact]
    public void A_page_is_executable_and_not_writable()
    {
        using CodePage page = new(s_add);
        ulong address = (ulong)page.AddressOf(0);
        string line = File.ReadLines("/proc/self/maps").Single(candidate =>
        {
            string[] range = candidate.Split(' ')[0].Split('-');
            return Convert.ToUInt64(range[0], 16) <= address && address < Convert.ToUInt64(range[1], 16);
        });

        Assert.StartsWith("r-xp", line.Split(' ')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_stamp_counter_ticks()
    {
        ulong first = NativeCode.Rdtsc();
        ulong second = NativeCode.Rdtscp(out _);

        Assert.True(second > first);
    }

    [Fact]
    public void An_mmio_read_loads_four_bytes()
    {
        ulong value = 0x1122_3344_FFEE_DDCC;

        Assert.Equal(0xFFEE_DDCC, NativeCode.MmioRead(&value));
    }

    [Fact]
    public void A_mapping_failure_names_the_file()
    {
        Win32Exception failure = Assert.Throws<Win32Exception>(() => MappedRegion.MapPath("/nonexistent/device", LibC.O_RDONLY, 0, 4096, LibC.PROT_READ));

        Assert.Contains("/nonexistent/device", failure.Message, StringComparison.Ordinal);
        Assert.Contains("No such file", failure.Message, StringComparison.Ordinal);
    }
}
