using System.Globalization;

namespace PollScale.HostStub.Traffic.Frames;

/// <summary>Frame lengths in turn. Users name them with the 4 bytes of FCS, as the field does; in memory a frame has none.</summary>
internal sealed class FrameSizes
{
    private const int Fcs = 4;
    private const int MaxJumbo = 9618;

    private FrameSizes(string name, int[] lengths)
    {
        Name = name;
        Lengths = lengths;
    }

    /// <summary>64-byte frames.</summary>
    public static FrameSizes Default { get; } = Fixed(64);

    /// <summary>Simple IMIX: 7 frames of 64 bytes, 4 of 594 and 1 of 1518, interleaved.</summary>
    public static FrameSizes Imix { get; } = new("imix", [60, 590, 60, 60, 590, 60, 1514, 60, 590, 60, 60, 590]);

    /// <summary>As the user names it.</summary>
    public string Name { get; }

    /// <summary>Lengths in memory, repeated for ever.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Frames of one size.</summary>
    /// <param name="wireSize">64 .. 9618, FCS included.</param>
    public static FrameSizes Fixed(int wireSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wireSize, FrameBuilder.MinLength + Fcs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wireSize, MaxJumbo);
        return new FrameSizes(wireSize.ToString(CultureInfo.InvariantCulture), [wireSize - Fcs]);
    }

    /// <summary>Reads "64", "1518" or "imix".</summary>
    /// <exception cref="TrafficFormatException">It is neither.</exception>
    public static FrameSizes Parse(string text)
    {
        if (string.Equals(text, "imix", StringComparison.OrdinalIgnoreCase))
        {
            return Imix;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size is >= FrameBuilder.MinLength + Fcs and <= MaxJumbo
            ? Fixed(size)
            : throw new TrafficFormatException($"Frame size \"{text}\" is not valid: give 64..{MaxJumbo} bytes (FCS included), or imix.");
    }
}
