using System.Globalization;
using Xunit;

namespace PollScale.Lab.Scenarios.Linux;

/// <summary>What a job counts in instructions, by name, on boots of which two agree.</summary>
internal static class CountedBoots
{
    // Of two boots that count the same.
    private const double Spread = 0.001;

    // By which calls a runtime samples it compiles the same code in one way or another (14,049 or 14,138 instructions a request, constant while a boot lasts).
    private const int Most = 3;

    /// <summary>Counts on boot after boot until two agree in each figure to a thousandth; each boot's figures, all of which a bound has to hold for.</summary>
    /// <param name="count">Boots and counts; the same names each time.</param>
    public static IReadOnlyList<IReadOnlyDictionary<string, long>> UntilTwoAgree(Func<IReadOnlyDictionary<string, long>> count)
    {
        List<IReadOnlyDictionary<string, long>> boots = [];
        do
        {
            boots.Add(count());
            Assert.Equal(boots[0].Keys, boots[^1].Keys);
        }
        while (!boots.SkipLast(1).Any(boot => Agree(boot, boots[^1])) && boots.Count < Most);

        string told = string.Join('\n', boots[0].Keys.Select(name => $"{name}: {string.Join(", then ", boots.Select(boot => boot[name].ToString(CultureInfo.InvariantCulture)))} instructions"));
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(boots.SkipLast(1).Any(boot => Agree(boot, boots[^1])), $"No two of {boots.Count} boots agree:\n{told}");
        return boots;
    }

    private static bool Agree(IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other) =>
        one.All(figure => Math.Abs(other[figure.Key] - figure.Value) <= figure.Value * Spread);
}
