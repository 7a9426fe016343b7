using System.Globalization;
using System.Text;

namespace PollScale.HostStub.PolicyFile;

/// <summary>Brings names that a reader takes for each other to one shape: upper and lower case, letters of other scripts that look Latin, full-width forms, accents.</summary>
internal static class LookAlikes
{
    private const string Others = "\u0430\u0435\u043E\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u0432\u043A\u043C\u043D\u0442\u03BF\u03B1\u03BD\u03C1\u03C5\u03B9\u03BA\u03C4\u03B5\u03B7\u03B6\u0131";
    private const string Latin = "aeopcyxijsdbkmht" + "oavpuiktenzi";
    private const char FirstFullWidth = '\uFF01';
    private const char LastFullWidth = '\uFF5E';

    /// <summary>The shape; names of one shape look alike.</summary>
    public static string Shape(string name)
    {
        StringBuilder shape = new(name.Length);
        foreach (char c in name)
        {
            if (char.GetUnicodeCategory(c) is not UnicodeCategory.NonSpacingMark)
            {
                shape.Append(Base(char.ToLowerInvariant(c)));
            }
        }

        return shape.ToString();
    }

    private static char Base(char c) => c is >= FirstFullWidth and <= LastFullWidth ? char.ToLowerInvariant((char)(c - FirstFullWidth + '!'))
        : Others.IndexOf(c, StringComparison.Ordinal) is int found and >= 0 ? Latin[found]
        : c is '\u00A0' or '\u2007' or '\u202F' ? ' '
        : c;
}
