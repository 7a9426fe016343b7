using System.Globalization;
using PollScale.Simulation.Cores;

namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>An option of a governor that can be searched.</summary>
/// <param name="Name">Its name in the catalog.</param>
/// <param name="Property">Its name in C#.</param>
/// <param name="Kind">How its value is written.</param>
/// <param name="Least">Least value tried, in us for times; the same as <paramref name="Most"/> when the option is only named, never tried.</param>
/// <param name="Most">Largest value tried.</param>
/// <param name="Default">Value when it is not set.</param>
internal sealed record TunedOption(string Name, string Property, TunedKind Kind, double Least = 0, double Most = 0, double Default = 0)
{
    private const int Digits = 3;

    /// <summary>Whether it is searched.</summary>
    public bool IsTuned => Most > Least;

    /// <summary>The value at a position in its range, 0 .. 1, rounded to what its text says: times by their logarithm.</summary>
    public double At(double position)
    {
        double at = Math.Clamp(position, 0, 1);
        double value = Kind == TunedKind.Time ? Least * Math.Pow(Most / Least, at) : Least + ((Most - Least) * at);
        double rounded = double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Math.Clamp(rounded, Least, Most);
    }

    /// <summary>Where a value lies in the range, 0 .. 1.</summary>
    public double Position(double value)
    {
        double kept = Math.Clamp(value, Least, Most);
        return Kind == TunedKind.Time ? Math.Log(kept / Least) / Math.Log(Most / Least) : (kept - Least) / (Most - Least);
    }

    /// <summary>A value as the catalog reads it.</summary>
    public string Text(double value) => value.ToString(CultureInfo.InvariantCulture) + (Kind == TunedKind.Time ? "us" : "");

    /// <summary>The initialiser of a value that the catalog accepted.</summary>
    public string CSharp(string text)
    {
        string value = Kind switch
        {
            TunedKind.Time => SimTimeText.TryRead(text, 0, long.MaxValue, out long time)
                ? $"TimeSpan.FromMicroseconds({((decimal)time / SimTime.Microsecond).ToString("0.######", CultureInfo.InvariantCulture)})"
                : $"/* {text} */ default",
            _ => double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        };
        return $"{Property} = {value}";
    }
}
