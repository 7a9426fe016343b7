using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Xunit;

namespace PollScale.Tests.Shared.Drawing;

/// <summary>A property of its arguments, which are drawn; a counter-example shrinks. <see cref="Draw"/> tells what may be set from outside.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DrawnPropertyAttribute : PropertyAttribute
{
    // What governs may have a rare case that is not as stated: a run of the tests tells what a change did, a run with other seeds looks for more.
    private const ulong Ordinarily = 1;

    /// <param name="cases">Number of cases where nobody says.</param>
    /// <param name="sourceFile">Filled in by the compiler.</param>
    /// <param name="sourceLine">Filled in by the compiler.</param>
    public DrawnPropertyAttribute(int cases, [CallerFilePath] string? sourceFile = null, [CallerLineNumber] int sourceLine = -1)
    {
        _ = (sourceFile, sourceLine);
        MaxTest = Draw.Cases(cases);
        Replay = Draw.Seed(Ordinarily) is Rnd begin ? $"({begin.Seed},{begin.Gamma})" : null;
    }
}
