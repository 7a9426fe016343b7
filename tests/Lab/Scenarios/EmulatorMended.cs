using PollScale.Lab.Image;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>Debian's QEMU has the fault that the lab takes out of its copy.</summary>
public class EmulatorMended
{
    private const string Installed = "/usr/bin/qemu-system-x86_64", Known = "version 7.2.";

    [Fact]
    public void One_instruction_of_Debians_QEMU_is_taken_out()
    {
        Assert.SkipUnless(File.Exists(Installed), $"There is no {Installed}: ./test installs qemu-system-x86.");
        string version = Tool.Bash($"{Installed} --version", "/").Split('\n')[0];
        Assert.SkipUnless(version.Contains(Known, StringComparison.Ordinal), $"This is {version}; the lab knows {Known}");
        byte[] before = File.ReadAllBytes(Installed), after = [.. before];
        Assert.True(Emulator.Mend(after), version);
        int[] changed = [.. Enumerable.Range(0, before.Length).Where(i => before[i] != after[i])];
        Assert.InRange(changed[^1] - changed[0], 0, 6);
        Assert.False(Emulator.Mend(after));
    }

    [Fact]
    public void Another_program_is_left_alone()
    {
        byte[] program = new byte[4096], before = [.. program];
        Assert.False(Emulator.Mend(program));
        Assert.Equal(before, program);
    }
}
