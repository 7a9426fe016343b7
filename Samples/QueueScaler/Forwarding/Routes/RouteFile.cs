using System.Text;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>
/// Reads routes, one a line: <c>PREFIX/LENGTH [via] NEXT-HOP</c>, or <c>default [via] NEXT-HOP</c>. Blanks separate, # begins a comment,
/// empty lines are skipped. PREFIX is a dotted IPv4 network, NEXT-HOP a number 0 .. <see cref="MaxNextHop"/>.
/// </summary>
internal static class RouteFile
{
    /// <summary>Most bytes of a file: 16 MiB.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Most routes of a file.</summary>
    public const int MaxRoutes = 262_144;

    /// <summary>Most /24 networks that may hold longer prefixes.</summary>
    public const int MaxLongNetworks = 32_768;

    /// <summary>Largest next hop: the last byte of its MAC address.</summary>
    public const int MaxNextHop = 255;

    private const int MaxErrors = 10;

    /// <summary>Reads a file.</summary>
    /// <exception cref="RouteFileException">It cannot be read or is not valid.</exception>
    public static Route[] Load(string path) => Parse(path, RouteFileBytes.Read(path));

    /// <summary>Reads a file's text.</summary>
    /// <param name="name">The file, for messages.</param>
    /// <param name="text">Its bytes, ASCII but for comments.</param>
    /// <exception cref="RouteFileException">It is not valid, or holds no route.</exception>
    public static Route[] Parse(string name, ReadOnlySpan<byte> text)
    {
        List<string> errors = [];
        List<Route> routes = [];
        Dictionary<(uint Prefix, int Length), int> lines = [];
        HashSet<uint> longNetworks = [];
        text = text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? text[3..] : text;
        for (int number = 1; !text.IsEmpty && errors.Count < MaxErrors; number++)
        {
            int end = text.IndexOf((byte)'\n');
            RouteLine line = RouteLine.Read(end < 0 ? text : text[..end]);
            text = end < 0 ? default : text[(end + 1)..];
            if (line.Error is null && line.Route is Route route)
            {
                line = lines.TryGetValue((route.Prefix, route.Length), out int before) ? line.Fail($"line {before} has a route for this prefix already")
                    : routes.Count == MaxRoutes ? line.Fail($"there are more than {MaxRoutes} routes")
                    : route.Length > 24 && longNetworks.Add(route.Prefix >> 8) && longNetworks.Count > MaxLongNetworks
                        ? line.Fail($"there are prefixes longer than /24 in more than {MaxLongNetworks} networks of that length")
                    : line;
            }

            if (line.Error is string error)
            {
                errors.Add($"{name}:{number}:{line.Column}: {error}.");
            }
            else if (line.Route is Route good)
            {
                lines.Add((good.Prefix, good.Length), number);
                routes.Add(good);
            }
        }

        if (errors.Count > 0)
        {
            throw new RouteFileException(string.Join('\n', errors) + (errors.Count == MaxErrors ? $"\n{name}: there may be more mistakes." : ""));
        }

        return routes.Count > 0 ? [.. routes] : throw new RouteFileException($"{name}: holds no route. A line is PREFIX/LENGTH NEXT-HOP, such as 192.0.2.0/24 1.");
    }

    /// <summary>A word of the file as it may be shown.</summary>
    internal static string Show(ReadOnlySpan<byte> word)
    {
        const int Longest = 40;
        StringBuilder shown = new();
        foreach (byte value in word[..Math.Min(word.Length, Longest)])
        {
            shown.Append(value is > 0x20 and < 0x7F ? (char)value : '?');
        }

        return word.Length > Longest ? $"{shown}..." : shown.ToString();
    }
}
