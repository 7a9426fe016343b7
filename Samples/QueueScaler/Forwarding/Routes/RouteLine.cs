using System.Buffers.Text;

namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>One line of a routes file.</summary>
/// <param name="Route">The route; null for a line without one.</param>
/// <param name="Error">What is wrong; null when nothing is.</param>
/// <param name="Column">Where, from 1, in bytes.</param>
internal readonly record struct RouteLine(Route? Route, string? Error, int Column)
{
    /// <summary>Reads a line without its end.</summary>
    public static RouteLine Read(ReadOnlySpan<byte> line)
    {
        int comment = line.IndexOf((byte)'#');
        line = comment < 0 ? line : line[..comment];
        int at = 0;
        Range prefix = Word(line, ref at);
        Range hop = Word(line, ref at);
        if (line[prefix].IsEmpty)
        {
            return default;
        }

        if (line[hop].SequenceEqual("via"u8))
        {
            hop = Word(line, ref at);
        }

        Range rest = Word(line, ref at);
        RouteLine read = ReadPrefix(line[prefix], prefix.Start.Value + 1);
        return read.Error is not null ? read
            : line[hop].IsEmpty ? new RouteLine(null, "the next hop is missing: a number from 0 to 255", line.Length + 1)
            : !Number(line[hop], RouteFile.MaxNextHop, out int nextHop)
                ? new RouteLine(null, $"'{RouteFile.Show(line[hop])}' is no next hop: give a number from 0 to {RouteFile.MaxNextHop}", hop.Start.Value + 1)
            : !line[rest].IsEmpty ? new RouteLine(null, $"'{RouteFile.Show(line[rest])}' is too much: a line is PREFIX/LENGTH NEXT-HOP", rest.Start.Value + 1)
            : read with { Route = read.Route!.Value with { NextHop = nextHop } };
    }

    /// <summary>The same line with a mistake at its prefix.</summary>
    public RouteLine Fail(string error) => new(null, error, Column);

    private static RouteLine ReadPrefix(ReadOnlySpan<byte> text, int column)
    {
        if (text.SequenceEqual("default"u8))
        {
            return new RouteLine(new Route(0, 0, 0), null, column);
        }

        int slash = text.IndexOf((byte)'/');
        ReadOnlySpan<byte> address = slash < 0 ? text : text[..slash];
        if (!Address(address, out uint prefix))
        {
            string more = address.Contains((byte)':') ? " (IPv6 is not forwarded)" : "";
            return new RouteLine(null, $"'{RouteFile.Show(address)}' is no IPv4 network{more}: give one such as 192.0.2.0/24, or default", column);
        }

        if (slash < 0)
        {
            return new RouteLine(null, $"the prefix length is missing: write {RouteFile.Show(address)}/32 for this address alone", column + text.Length);
        }

        if (!Number(text[(slash + 1)..], 32, out int length))
        {
            return new RouteLine(null, $"'{RouteFile.Show(text[(slash + 1)..])}' is no prefix length: give a number from 0 to 32", column + slash + 1);
        }

        uint network = prefix & Forwarding.Route.Mask(length);
        return network == prefix
            ? new RouteLine(new Route(prefix, length, 0), null, column)
            : new RouteLine(null, $"{RouteFile.Show(text)} has bits beyond its length: the network is {network >> 24}.{(network >> 16) & 255}.{(network >> 8) & 255}.{network & 255}/{length}", column);
    }

    private static bool Address(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        for (int part = 0; part < 4; part++)
        {
            int dot = part < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (dot < 0 || !Number(text[..dot], 255, out int value))
            {
                return false;
            }

            address = (address << 8) | (uint)value;
            text = text[Math.Min(dot + 1, text.Length)..];
        }

        return true;
    }

    // Digits only; no sign, and no leading zero, which some read as octal.
    private static bool Number(ReadOnlySpan<byte> text, int most, out int value)
    {
        value = 0;
        return text.Length is > 0 and <= 3 && (text.Length == 1 || text[0] != '0') && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && value <= most;
    }

    private static Range Word(ReadOnlySpan<byte> line, ref int at)
    {
        while (at < line.Length && IsBlank(line[at]))
        {
            at++;
        }

        int start = at;
        while (at < line.Length && !IsBlank(line[at]))
        {
            at++;
        }

        return start..at;
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r';
}
