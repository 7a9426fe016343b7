using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace PollScale.Tests.Shared.Drawing;

/// <summary>
/// How many cases a property draws, and from what: POLLSCALE_PROPERTY_CASES is a number of cases, POLLSCALE_PROPERTY_SEED a number that draws the same ones
/// in each run, or "random".
/// </summary>
internal static class Draw
{
    /// <summary>Number of cases.</summary>
    /// <param name="ordinarily">How many where nobody says.</param>
    public static int Cases(int ordinarily) => int.TryParse(Environment.GetEnvironmentVariable("POLLSCALE_PROPERTY_CASES"), out int cases) ? cases : ordinarily;

    /// <summary>Where drawing begins; null for anywhere.</summary>
    /// <param name="ordinarily">The seed where nobody says; null for none.</param>
    public static Rnd? Seed(ulong? ordinarily = null) => Environment.GetEnvironmentVariable("POLLSCALE_PROPERTY_SEED") switch
    {
        "random" => null,
        string text when ulong.TryParse(text, out ulong seed) => new Rnd(seed),
        _ => ordinarily is ulong seed ? new Rnd(seed) : null,
    };

    /// <summary>Checks a property, and throws with the simplest counter-example.</summary>
    /// <param name="cases">Draws and shrinks cases.</param>
    /// <param name="holds">Null where the property holds, else what went wrong.</param>
    /// <param name="ordinarily">Number of cases where nobody says.</param>
    /// <param name="seed">Seed where nobody says; null for none.</param>
    public static void Check<T>(Arbitrary<T> cases, Func<T, string?> holds, int ordinarily, ulong? seed = null)
    {
        Config config = Config.QuickThrowOnFailure.WithMaxTest(Cases(ordinarily));
        Prop.ForAll(cases, one =>
        {
            string? wrong = holds(one);
            return (wrong is null).Label(wrong ?? "");
        }).Check(Seed(seed) is Rnd begin ? config.WithReplay(FSharpOption<Replay>.Some(new Replay(begin, FSharpOption<int>.None))) : config);
    }
}
