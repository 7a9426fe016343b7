using PollScale.HostStub.Channels.Answered;
using PollScale.Native;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Answered;

/// <summary>The program as it stands in the kernel, instruction by instruction: whoever changes it reads the listing.</summary>
public class AnsweringProgramTests
{
    private const string Listing = "answering-program.txt";

    [Fact]
    public void The_listing_is_the_one_that_was_read()
    {
        string listing = BpfDisassembler.List(AnsweringProgram.Assemble(grants: 1, states: 2, rings: 3, startBoottime: 1000));
        string known = Path.Combine(AppContext.BaseDirectory, Listing), now = Path.Combine(CCompiler.OutputDirectory, Listing);
        File.WriteAllText(now, listing);
        Assert.True(File.ReadAllText(known) == listing, $"The program has changed. Read {now}, and where it is right copy it to tests/PollScale.Control.Tests/Channels/Answered/{Listing}.");
    }

    [Fact]
    public void It_ends_whatever_it_meets()
    {
        IReadOnlyList<BpfLine> program = AnsweringProgram.Assemble(1, 2, 3, 1000);
        Assert.All(program, line => Assert.True(line.Instruction.Offset >= 0 || line.Target is null, $"{line}")); // without loops
        Assert.Equal(BpfInstruction.Exit, program[^1].Instruction);
        Assert.Single(program, line => line.Instruction == BpfInstruction.Exit);
        Assert.All(program, line => Assert.False(string.IsNullOrWhiteSpace(line.Why)));
    }
}
