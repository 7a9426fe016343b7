using System.Text;
using PollScale.HostStub.Guest;
using Xunit;

namespace PollScale.HostStub.Tests.Guest;

public class GuestConsoleTests
{
    [Fact]
    public void Whole_lines_are_passed_on_and_the_rest_at_the_end()
    {
        List<string> lines = [];
        GuestConsole console = new(lines.Add);
        console.Write("one\ntw"u8);
        console.Write("o\n\nthree"u8);
        Assert.Equal(["one", "two", ""], lines);
        console.Flush();
        console.Flush();
        Assert.Equal(["one", "two", "", "three"], lines);
        Assert.Equal("one\ntwo\n\nthree", console.ToString());
    }

    [Fact]
    public void The_last_64_KiB_are_kept()
    {
        GuestConsole console = new(null);
        for (int i = 0; i < 100_000; i++)
        {
            console.Write(Encoding.ASCII.GetBytes($"{i:d6}\n"));
        }

        string text = console.ToString();
        Assert.Equal(65536, text.Length);
        Assert.EndsWith("099998\n099999\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_end_is_cut_and_lines_without_end_are_dropped()
    {
        List<string> lines = [];
        GuestConsole console = new(lines.Add);
        console.Write(new byte[10_000]);
        console.Flush();
        Assert.Equal([4096, 4096, 1808], lines.Select(l => l.Length));
        for (int i = 0; i < 20_000; i++)
        {
            console.Write("\n"u8);
        }

        Assert.Equal(10_001, lines.Count);
        Assert.Contains("not shown", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\u001b[2Jb", "a?[2Jb")]
    [InlineData("\u0007\u0000\u007f\u009b", "????")]
    [InlineData("\u202ereversed\u2028", "?reversed?")]
    [InlineData("tab\tand \u00e4", "tab\tand \u00e4")]
    public void Terminals_are_safe(string written, string shown)
    {
        List<string> lines = [];
        GuestConsole console = new(lines.Add);
        console.Write(Encoding.UTF8.GetBytes(written + "\n"));
        Assert.Equal([shown], lines);
    }
}
