using PollScale.Notation;

namespace PollScale.HostStub.Cli;

/// <summary>Values as users write them. Each method gives a complaint that names the valid form, or null.</summary>
internal static class ValueText
{
    // A tenth of a microsecond is what a TimeSpan can tell.
    private const double ShortestSeconds = 1e-6, LongestSeconds = 30 * 86_400.0;
    private const long Second = 1_000_000_000_000, Nanosecond = 1_000;

    /// <summary>"500us", "15s", "2m", "1h"; a number alone is seconds.</summary>
    public static string? Duration(string text, bool zero, out TimeSpan value)
    {
        bool valid = TimeText.TryReadIn(text, Second, out double seconds)
            && (seconds is >= ShortestSeconds and <= LongestSeconds || (zero && seconds == 0));
        value = valid ? TimeSpan.FromSeconds(seconds) : default;
        return valid ? null : $"a time such as 500us, 15s, 2m or 1h ({TimeText.Units}; 1us to 30 days{(zero ? ", or 0" : "")})";
    }

    /// <summary>"60" or "60ns": a time in ns, 0 to 1 ms.</summary>
    public static string? Nanoseconds(string text, out double value) =>
        TimeText.TryReadIn(text, Nanosecond, out value) && value <= 1e6 ? null : "a time from 0 to 1ms, a number alone in ns";

    /// <summary>"0.01" or "1%".</summary>
    public static string? Share(string text, out double value) =>
        NumberText.TryShare(text, out value) && value <= 1 ? null : "a share such as 0.01 or 1% (0 to 1, or 0% to 100%)";

    /// <summary>An environment variable. A name alone takes nothing from this process's environment: a guest is given what the command line shows.</summary>
    /// <returns>What would be right, or null.</returns>
    public static string? Variable(string text)
    {
        const int Longest = 128 * 1024; // as exec takes it
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        return name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? "NAME=VALUE, the name of letters, digits and _, not beginning with a digit"
            : equals < 0 ? $"NAME=VALUE; to pass on a variable of yours, --env {name}=\"${name}\""
            : text.Contains('\0') || System.Text.Encoding.UTF8.GetByteCount(text) >= Longest ? $"NAME=VALUE of less than {Longest / 1024} KiB without a zero"
            : null;
    }

    /// <summary>"2", "0.5" or "max", which is infinity.</summary>
    public static string? Speed(string text, out double value) =>
        QuantityText.TryRead(Quantity.FactorOrMax, text, double.NaN, out value) && (value is >= 1e-3 and <= 1e6 || double.IsPositiveInfinity(value))
            ? null
            : "a factor such as 2 or 0.5 (0.001 to 1000000), or max";

    /// <summary>"20000" or "20000/200": calls a second, calls at once.</summary>
    public static string? Budget(string text, out int rate, out int burst)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        burst = 200;
        bool valid = Integer(slash < 0 ? text : text[..slash], 1, 100_000_000, out rate)
            && (slash < 0 || Integer(text[(slash + 1)..], 1, 1_000_000, out burst));
        return valid ? null : "calls a second, or calls a second / calls at once, such as 20000 or 20000/200 (1 to 100000000 / 1 to 1000000)";
    }

    /// <summary>A power of two in 32 .. 16384.</summary>
    public static string? Ring(string text, out int log2)
    {
        bool valid = Integer(text, 32, 16384, out int size) && int.IsPow2(size);
        log2 = valid ? int.Log2(size) : 0;
        return valid ? null : "a power of two from 32 to 16384";
    }

    /// <summary>The name of an enum's value, in any case.</summary>
    public static string? Choice<T>(string text, out T value) where T : struct, Enum
    {
        T[] choices = Enum.GetValues<T>();
        int found = Array.FindIndex(choices, choice => string.Equals(choice.ToString(), text, StringComparison.OrdinalIgnoreCase));
        value = found < 0 ? default : choices[found];
        return found >= 0 ? null : $"one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}";
    }

    /// <summary>"3Mpps", "500kpps" or "1000pps", to packets per second.</summary>
    public static string? PacketRate(string text, out double rate) =>
        RateText.TryRead(text, double.NaN, out rate) && rate is >= 1 and <= 1e9 ? null : "a rate such as 3Mpps or 14.88Mpps (1pps to 1000Mpps)";

    /// <summary>"64MiB", "512KiB", "1GiB" or bytes; 4 KiB to 1 TiB, or 0.</summary>
    public static string? Bytes(string text, out long value)
    {
        const long Least = 4L << 10, Most = 1L << 40;
        return SizeText.TryRead(text, Most, out value) && value is 0 or >= Least ? null : "a size such as 64MiB, 512KiB or 1GiB (4KiB to 1024GiB), or 0";
    }

    /// <summary>A decimal number in a range, without sign or blanks.</summary>
    public static bool Number(string text, double least, double most, out double value) => NumberText.TryRead(text, out value) && value >= least && value <= most;

    /// <summary>A whole number in a range, without sign or blanks.</summary>
    public static bool Integer(string text, int least, int most, out int value) => NumberText.TryWhole(text, least, most, out value);
}
