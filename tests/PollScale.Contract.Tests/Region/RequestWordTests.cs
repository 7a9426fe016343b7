using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PollScale.Hypercall;
using PollScale.Region;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.Region;

public class RequestWordTests
{
    [Fact]
    public void A_request_is_read_as_it_was_made() => Prop.ForAll<NonZeroInt, (byte Op, bool Posted), short>((sequence, drawn, argument) =>
    {
        (byte op, bool posted) = drawn;
        FrequencyCall call = new((FrequencyOp)op, argument);
        return RequestWord.TryMake((uint)sequence.Get, call, posted, out RequestWord word)
            && (word.Sequence, word.Call, word.IsPosted) == ((uint)sequence.Get, call, posted);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1u, 2, 32768L)]
    [InlineData(1u, 2, -32769L)]
    [InlineData(1u, 2, long.MaxValue)]
    [InlineData(1u, 256, 0L)]
    [InlineData(1u, -1, 0L)]
    [InlineData(0u, 2, 0L)]
    public void What_does_not_fit_is_refused(uint sequence, int op, long argument) =>
        Assert.False(RequestWord.TryMake(sequence, new FrequencyCall((FrequencyOp)op, argument), posted: false, out _));

    [Theory]
    [InlineData(1u, 2u)]
    [InlineData(uint.MaxValue, 1u)]
    public void No_request_has_the_number_0(uint sequence, uint next) => Assert.Equal(next, RequestWord.Next(sequence));

    [Fact]
    public void C_makes_the_same_word()
    {
        Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        string source = Path.Combine(CCompiler.OutputDirectory, "request.c"), program = Path.Combine(CCompiler.OutputDirectory, "request");
        (uint Sequence, byte Op, bool Posted, short Argument)[] cases = [(1, 0, false, 1), (uint.MaxValue, 255, true, -1), (7, 3, true, short.MinValue), (0x8000_0000, 2, false, short.MaxValue)];
        File.WriteAllText(source, $$"""
            #include <inttypes.h>
            #include <stdio.h>
            #include "{{AppContext.BaseDirectory}}pollscale_region.h"
            int main(void)
            {
            {{string.Join('\n', cases.Select(one => string.Create(CultureInfo.InvariantCulture, $"printf(\"%\" PRIu64 \"\\n\", pollscale_region_request({one.Sequence}u, {one.Op}, {(one.Posted ? 1 : 0)}, {one.Argument}));")))}}
            return 0;
            }
            """);
        (int status, _, string error) = CCompiler.Run("gcc", ["-Wall", "-Wextra", "-Werror", "-o", program, source]);
        Assert.True(status == 0, error);
        ulong[] words = [.. CCompiler.Run(program, []).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => ulong.Parse(line, CultureInfo.InvariantCulture))];

        Assert.Equal(cases.Select(one => RequestWord.TryMake(one.Sequence, new FrequencyCall((FrequencyOp)one.Op, one.Argument), one.Posted, out RequestWord word) ? word.Value : 0), words);
    }
}
