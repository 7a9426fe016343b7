using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

public class TracepointFormatTests
{
    private const string Debian =
        """
        name: kvm_hypercall
        ID: 1459
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:unsigned long nr;	offset:8;	size:8;	signed:0;
        	field:unsigned long a0;	offset:16;	size:8;	signed:0;
        	field:unsigned long a1;	offset:24;	size:8;	signed:0;
        	field:char name[16];	offset:32;	size:16;	signed:0;
        	field:char one[1];	offset:48;	size:1;	signed:0;

        print fmt: "nr 0x%lx a0 0x%lx a1 0x%lx", REC->nr, REC->a0, REC->a1
        """;

    [Fact]
    public void Fields_lie_where_the_file_says()
    {
        TracepointFormat format = TracepointFormat.Parse(Debian)!;
        Assert.Equal(1459, format.Id);
        Assert.Equal(new TracepointField(24, 8), format["a1"]);
        Assert.Equal(new TracepointField(0, 2), format["common_type"]);
        Assert.Null(format["a4"]);
        Assert.Null(format["name[16]"]);
        Assert.Null(format["one[1]"]);

        byte[] raw = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.True(format["a1"]!.Value.TryRead(raw, out ulong a1));
        Assert.Equal(0x1f1e1d1c1b1a1918ul, a1);
        Assert.True(format["common_pid"]!.Value.TryRead(raw, out ulong pid));
        Assert.Equal(0x07060504ul, pid);
        Assert.False(format["a1"]!.Value.TryRead(raw.AsSpan(0, 31), out ulong none));
        Assert.Equal(0ul, none);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ID: x")]
    [InlineData("ID: 0")]
    [InlineData("ID: -4")]
    [InlineData("ID: 99999999999")]
    public void A_file_without_a_number_is_none(string text) => Assert.Null(TracepointFormat.Parse(text));

    [Theory]
    [InlineData("offset:-1;	size:8;")]
    [InlineData("offset:5000;	size:8;")]
    [InlineData("offset:8;	size:3;")]
    [InlineData("offset:8;	size:-8;")]
    [InlineData("offset:;	size:8;")]
    [InlineData("size:8;")]
    public void A_field_that_cannot_be_read_is_none(string where) => Assert.Null(TracepointFormat.Parse($"ID: 3\n\tfield:unsigned long a1;	{where}	signed:0;")!["a1"]);

    [Fact]
    public void Whatever_a_file_holds_is_read_without_harm()
    {
        Random random = new(3);
        for (int run = 0; run < 2000; run++)
        {
            char[] text = Debian.ToCharArray();
            for (int i = 0; i < 8; i++)
            {
                text[random.Next(text.Length)] = (char)random.Next(0, 127);
            }

            byte[] raw = new byte[random.Next(64)];
            _ = TracepointFormat.Parse(new string(text, 0, random.Next(text.Length)))?["a1"]?.TryRead(raw, out _);
        }
    }
}
