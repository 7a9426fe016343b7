using PollScale.Notation;
using PollScale.Programs;

namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>Reads the values of options; what is wrong with one is said with the option's name.</summary>
internal static class OptionValue
{
    /// <summary>Picoseconds of the units that options count in.</summary>
    public const long Nanosecond = 1_000, Microsecond = 1_000_000, Millisecond = 1_000_000_000;

    /// <summary>Nothing but digits.</summary>
    public static bool IsNumber(string value) => value.Length > 0 && value.All(char.IsAsciiDigit);

    /// <summary>A whole number.</summary>
    /// <exception cref="UsageException">It is none, or outside the range.</exception>
    public static int Integer(string name, string value, int min, int max) =>
        NumberText.TryWhole(value, min, max, out int number)
            ? number
            : throw new UsageException($"{name} takes a whole number in {min}..{max}, not '{value}'.");

    /// <summary>A time: a number alone counts in the unit of the option's name.</summary>
    /// <exception cref="UsageException">It is none, outside the range, or not a multiple of the unit.</exception>
    public static int Time(string name, string value, long unit, int min, int max) =>
        NumberText.TryWhole(value, min, max, out int number) ? number
        : TimeText.TryRead(value, min * unit, max * unit, out long time) && time % unit == 0 ? (int)(time / unit)
        : throw new UsageException($"{name} takes a whole number in {min}..{max}, or as much as a time with its unit, not '{value}'.");
}
