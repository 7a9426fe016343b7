using System.ComponentModel;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

public class ChildProgramTests
{
    [Fact]
    public void A_child_finds_what_it_is_given_and_no_other_stream()
    {
        (StreamDescriptor ours, StreamDescriptor theirs) = StreamDescriptor.Pair();
        using (ours)
        using (theirs)
        {
            ours.Write("hello\n"u8); // before: its end does not wait
            ChildProgram child = ChildProgram.Start("/bin/sh", ["-c", "read line <&4; echo \"$line $(readlink /proc/self/fd/0) $1\" >&3; exit 7", "sh", "an argument"], [theirs.Fd, theirs.Fd]);

            Assert.Equal("status 7", child.End(TimeSpan.FromSeconds(20)));
            byte[] bytes = new byte[200];
            Assert.Equal("hello /dev/null an argument\n", System.Text.Encoding.UTF8.GetString(bytes, 0, ours.Read(bytes)));
        }
    }

    [Fact]
    public void One_that_does_not_end_is_killed()
    {
        ChildProgram child = ChildProgram.Start("/bin/sleep", ["60"], []);

        Assert.False(child.TryReap(TimeSpan.Zero, out _));
        Assert.Equal("signal 9", child.End(TimeSpan.Zero));
        Assert.True(child.TryReap(TimeSpan.Zero, out _));
    }

    [Fact]
    public void A_program_that_is_not_there_is_told() =>
        Assert.Contains("starting /nonexistent/program failed", Assert.Throws<Win32Exception>(() => ChildProgram.Start("/nonexistent/program", [], [])).Message, StringComparison.Ordinal);

    [Fact]
    public void Packets_stay_apart()
    {
        (StreamDescriptor a, StreamDescriptor b) = StreamDescriptor.PacketPair();
        using (a)
        using (b)
        {
            a.Write("one"u8);
            a.Write("three"u8);
            byte[] bytes = new byte[64];
            Assert.Equal(3, b.Read(bytes));
            Assert.Equal(5, b.Read(bytes));
        }
    }
}
