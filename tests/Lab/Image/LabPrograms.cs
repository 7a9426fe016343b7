namespace PollScale.Lab.Image;

/// <summary>The lab's own programs in C, beside this file.</summary>
internal static class LabPrograms
{
    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.c").Select(source => Path.GetFileNameWithoutExtension(source)).Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Image");

    /// <summary>Compiles one, statically.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="LabException">It does not compile.</exception>
    public static string Build(string name)
    {
        string source = Path.Combine(Folder, $"{name}.c");
        return ImageCache.Get($"program-{name}", [source, .. Directory.GetFiles(Folder, "*.h").Order(StringComparer.Ordinal)], path => Tool.Bash($"gcc -static -O2 -Wall -Wextra -Werror -o '{path}' '{source}'", Folder));
    }
}
