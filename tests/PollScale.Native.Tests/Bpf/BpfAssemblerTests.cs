using PollScale.Native;
using Xunit;
using static PollScale.Native.BpfRegister;

namespace PollScale.Tests.Native;

/// <summary>Labels and jumps.</summary>
public class BpfAssemblerTests
{
    [Fact]
    public void Jumps_lead_to_their_labels_and_each_line_says_what_it_is_for()
    {
        IReadOnlyList<BpfLine> lines = new BpfAssembler()
            .Jump(BpfCondition.Equal, R1, 0, "out", "nothing")
            .LoadMap(R1, 5, "a map")
            .Jump(BpfCondition.Above, R1, R2, "next", "more")
            .Label("next")
            .Jump("out", "done")
            .Label("also").Label("out")
            .Emit(BpfInstruction.Exit, "end")
            .Build();

        Assert.Equal([4, 0, 0, 0, 0, 0], lines.Select(line => (int)line.Instruction.Offset));
        Assert.Equal(["nothing", "a map", "its upper half", "more", "done", "end"], lines.Select(line => line.Why));
        Assert.Equal(["out", null, null, "next", "out", null], lines.Select(line => line.Target));
        Assert.Equal(["also", "out"], lines[^1].Labels);
    }

    [Fact]
    public void Labels_that_are_missing_twice_there_or_behind_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new BpfAssembler().Jump("nowhere", "").Build());
        Assert.Throws<InvalidOperationException>(() => new BpfAssembler().Jump("behind the end", "").Label("behind the end").Build());
        Assert.Throws<InvalidOperationException>(() => new BpfAssembler().Label("twice").Label("twice"));
        Assert.Throws<InvalidOperationException>(() => new BpfAssembler().Label("back").Emit(BpfInstruction.Exit, "").Jump("back", "").Build());
        BpfAssembler far = new BpfAssembler().Jump("far", "");
        for (int i = 0; i <= short.MaxValue; i++)
        {
            far.Emit(BpfInstruction.Exit, "");
        }

        Assert.Throws<InvalidOperationException>(() => far.Label("far").Emit(BpfInstruction.Exit, "").Build());
    }
}
