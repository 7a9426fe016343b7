using System.Globalization;

namespace PollScale.Lab.Scenarios;

/// <summary>A CPU's frequency at one moment.</summary>
/// <param name="KHz">scaling_cur_freq.</param>
/// <param name="Governor">scaling_governor.</param>
/// <param name="MinKHz">scaling_min_freq.</param>
/// <param name="MaxKHz">scaling_max_freq.</param>
/// <param name="Register">The hardware's register, read from outside the machine.</param>
internal sealed record CpuState(long KHz, string Governor, long MinKHz, long MaxKHz, byte Register)
{
    /// <summary>Reads a line "cpu0 KHZ GOVERNOR MIN MAX" that the machine printed.</summary>
    public static CpuState Parse(string line, byte register)
    {
        string[] words = line.Split(' ');
        return new CpuState(Number(1), words[2], Number(3), Number(4), register);

        long Number(int word) => long.Parse(words[word], CultureInfo.InvariantCulture);
    }
}
