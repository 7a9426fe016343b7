using System.Globalization;
using PollScale.Programs;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>What goes on beside bursts: other guests of the same host, of which there is no more than what speaks the path's channel.</summary>
/// <param name="Guests">How many, 0 to <see cref="MostGuests"/>.</param>
/// <param name="PerSecond">How often each asks, 0 for as often as it can; of no guests 0.</param>
internal readonly record struct PathLoad(int Guests, int PerSecond)
{
    /// <summary>The most that are made.</summary>
    public const int MostGuests = 63;

    private const int MostPerSecond = 1000, MostLoads = 16;

    /// <summary>Nothing.</summary>
    public static PathLoad None => default;

    /// <summary>As it is written, and as labels have it.</summary>
    public override string ToString() => Guests == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{Guests}x{PerSecond}");

    /// <summary>Reads "0 3x1000": words with blanks between.</summary>
    /// <exception cref="UsageException">One is no load, or there are too many.</exception>
    public static IReadOnlyList<PathLoad> Read(string option, string text)
    {
        PathLoad[] loads = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => One(option, word)).Distinct()];
        return loads.Length is > 0 and <= MostLoads ? loads : throw new UsageException($"{option} takes 1 to {MostLoads} loads, 0 or GUESTSxCALLS-A-SECOND each, not '{text}'.");
    }

    private static PathLoad One(string option, string word) =>
        word == "0" ? None
        : word.Split('x') is [string guests, string rate]
            && int.TryParse(guests, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MostGuests
            && int.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out int perSecond) && perSecond <= MostPerSecond
            ? new PathLoad(count, perSecond)
            : throw new UsageException($"{option} '{word}': a load is 0, or GUESTSxCALLS-A-SECOND with 1 to {MostGuests} guests and 0 (as often as it can) to {MostPerSecond} calls.");
}
