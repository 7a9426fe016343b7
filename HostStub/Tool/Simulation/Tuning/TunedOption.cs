using System.Globalization;
using PollScale.Governors;
using PollScale.Notation;

namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>An option of a governor that is searched.</summary>
/// <param name="Option">The option; it declares the part of its range worth a search, and its default lies there.</param>
internal sealed record TunedOption(GovernorOption Option)
{
    private const int Digits = 3;
    private const double PicosecondsPerMicrosecond = 1e6;

    /// <summary>Its name in the catalog.</summary>
    public string Name => Option.Name;

    /// <summary>Value when it is not set.</summary>
    public double Default => Option.Value!.Value;

    private double Least => Option.Tuned!.Value.Least;

    private double Most => Option.Tuned!.Value.Most;

    private bool IsTime => Option.Quantity == Quantity.Time;

    /// <summary>The value at a position in its range, 0 .. 1, rounded to what its text says: times by their logarithm.</summary>
    public double At(double position)
    {
        double at = Math.Clamp(position, 0, 1);
        double value = IsTime ? Least * Math.Pow(Most / Least, at) : Least + ((Most - Least) * at);
        double rounded = double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Math.Clamp(rounded, Least, Most);
    }

    /// <summary>Where a value lies in the range, 0 .. 1.</summary>
    public double Position(double value)
    {
        double kept = Math.Clamp(value, Least, Most);
        return IsTime ? Math.Log(kept / Least) / Math.Log(Most / Least) : (kept - Least) / (Most - Least);
    }

    /// <summary>A value as the catalog reads it.</summary>
    public string Text(double value) => QuantityText.Format(Option.Quantity, value, double.NaN);

    /// <summary>The initialiser of a value that the catalog accepted.</summary>
    public static string CSharp(Quantity quantity, string text) =>
        !QuantityText.TryRead(quantity, text, double.NaN, out double value) ? (text.Contains('/', StringComparison.Ordinal) ? $"[{text.Replace("/", ", ", StringComparison.Ordinal)}]" : text)
        : quantity == Quantity.Time ? $"TimeSpan.FromMicroseconds({(value / PicosecondsPerMicrosecond).ToString("0.######", CultureInfo.InvariantCulture)})"
        : NumberText.Format(value);
}
