namespace PollScale.HostStub.Guests;

/// <summary>Text as a POSIX shell, and a list of QEMU's within it, take it.</summary>
internal static class ShellText
{
    private const string Plain = "%+,-./:=@_";

    /// <summary>A word for a shell; quoted where it has to be.</summary>
    public static string Word(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal))
        ? text
        : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>A value within one of QEMU's lists, where a comma ends it.</summary>
    public static string Value(string text) => text.Replace(",", ",,", StringComparison.Ordinal);
}
