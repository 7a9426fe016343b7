using System.Globalization;
using System.Text;
using PollScale.HostStub.Policy.Configuration;
using PollScale.Hypercall;
using PollScale.Notation;

namespace PollScale.HostStub.PolicyFile;

/// <summary>The kinds of values a policy file has. Each method is a <see cref="ScalarReader{T}"/>, or makes one.</summary>
internal static class ScalarText
{
    private const int LongestName = 64;
    private const int LongestSocketPath = 107; // sun_path holds 108 bytes with its final zero
    private const int LongestPath = 4095; // PATH_MAX with its final zero
    private const uint MostKHz = 20_000_000;
    private static readonly TimeSpan s_leastSilence = TimeSpan.FromMilliseconds(100), s_mostSilence = TimeSpan.FromHours(24);

    /// <summary>true or false.</summary>
    public static string? Boolean(string text, FilePosition at, out bool value)
    {
        value = text == "true";
        return value || text == "false" ? null : "true or false";
    }

    /// <summary>A whole number in a range.</summary>
    public static ScalarReader<int> Integer(int least, int most) => (string text, FilePosition at, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most && !HasLeadingZero(text)
            ? null
            : $"a whole number from {least} to {most}{Leading(text)}";

    /// <summary>What to add to a complaint about a number that begins with a zero; else nothing.</summary>
    public static string Leading(string text) => HasLeadingZero(text) ? ", without leading zeros: YAML 1.1 takes 010 for 8" : "";

    /// <summary>1 to 64 printable characters.</summary>
    public static string? Name(string text, FilePosition at, out string value)
    {
        value = text;
        return text.Length is > 0 and <= LongestName && text == text.Trim() && text.All(IsPrintable) ? null : $"1 to {LongestName} printable characters";
    }

    /// <summary>"2.4GHz" or a P-state index.</summary>
    public static string? Bound(string text, FilePosition at, out PStateChoice value) =>
        TryPState(text, at, out value) ? null : $"a P-state index from 0 (the fastest) to {HypercallAbi.MaxPStates - 1}, or a frequency such as 2.4GHz or 2400 MHz";

    /// <summary>As <see cref="Bound"/>, or "keep".</summary>
    public static string? Rest(string text, FilePosition at, out PStateChoice value)
    {
        if (text == "keep")
        {
            value = new PStateChoice(PStateChoiceKind.Keep, 0, at);
            return null;
        }

        return Bound(text, at, out value) is string expected ? $"{expected}, or keep" : null;
    }

    /// <summary>"500ms", "5s", "2m" or "1h".</summary>
    public static string? Silence(string text, FilePosition at, out TimeSpan? value)
    {
        TimeSpan time = default;
        bool valid = !HasLeadingZero(text) && TimeText.TryRead(text, out time) && time >= s_leastSilence && time <= s_mostSilence;
        value = valid ? time : null;
        return valid ? null : "a time with its unit such as 500ms, 5s or 2m (100ms to 24h)";
    }

    /// <summary>A value of <see cref="HypercallModes"/>.</summary>
    public static string? Hypercall(string text, FilePosition at, out HypercallMode value)
    {
        value = HypercallModes.Parse(text);
        return value == HypercallMode.None ? HypercallModes.List : null;
    }

    /// <summary>An absolute path that fits a unix socket address, spelt in the one way that has no detours.</summary>
    public static string? SocketPath(string text, FilePosition at, out string value)
    {
        value = text;
        return IsPath(text, LongestSocketPath) ? null : $"the absolute path of a unix socket, at most {LongestSocketPath} bytes{Detour(text)}";
    }

    /// <summary>A process id, or an absolute path.</summary>
    public static string? Process(string text, FilePosition at, out string? value)
    {
        value = text;
        return IsPath(text, LongestPath) || Integer(1, 4_194_304)(text, at, out _) is null
            ? null
            : $"a process id, or the absolute path of a file that holds it{Detour(text)}{Leading(text)}";
    }

    private static bool IsPath(string text, int longest) =>
        text.Length > 1 && text[0] == '/' && text.All(IsPrintable) && Encoding.UTF8.GetByteCount(text) <= longest && !HasDetour(text);

    // Two spellings of one path would pass for two files.
    private static bool HasDetour(string text) => text.Split('/')[1..].Any(part => part is "" or "." or "..");

    private static string Detour(string text) => text.StartsWith('/') && HasDetour(text) ? ", without //, . or .. in it and without / at its end" : "";

    private static bool TryPState(string text, FilePosition at, out PStateChoice value)
    {
        value = default;
        if (!HasLeadingZero(text) && ClockText.TryRead(text, out double kHz))
        {
            value = new PStateChoice(PStateChoiceKind.Frequency, (uint)Math.Clamp(kHz, 0, MostKHz), at);
            return kHz is >= 1 and <= MostKHz;
        }

        if (Integer(0, HypercallAbi.MaxPStates - 1)(text, at, out int index) is not null)
        {
            return false;
        }

        value = new PStateChoice(PStateChoiceKind.Index, (uint)index, at);
        return true;
    }

    // 010, but neither 0 nor 0.8.
    private static bool HasLeadingZero(string text) => text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]);

    private static bool IsPrintable(char c) => !char.IsControl(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
