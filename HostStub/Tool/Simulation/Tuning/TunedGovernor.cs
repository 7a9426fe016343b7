using PollScale.Governors;
using PollScale.Notation;
using PollScale.Simulation.Incumbents;

namespace PollScale.HostStub.Simulation.Tuning;

/// <summary>A governor whose options can be searched: one of the catalog that declares a range worth a search.</summary>
/// <param name="entry">The governor.</param>
internal sealed class TunedGovernor(GovernorEntry entry)
{
    /// <summary>The governors that can be tuned.</summary>
    public static IReadOnlyList<TunedGovernor> All { get; } =
        [.. ComparedGovernors.List.Entries.Where(entry => entry.Options.Any(option => option.Tuned is not null)).Select(entry => new TunedGovernor(entry))];

    /// <summary>Its name in the catalog.</summary>
    public string Name => entry.Name;

    /// <summary>The options that are searched; what a user demands, such as the delay bound, is none of them.</summary>
    public IReadOnlyList<TunedOption> Options { get; } = [.. entry.Options.Where(option => option.Tuned is not null).Select(option => new TunedOption(option))];

    /// <summary>The governor in a text; null when it cannot be tuned.</summary>
    public static TunedGovernor? Of(string text) => All.FirstOrDefault(known => known.Name == ComparedGovernors.List.Find(text)?.Name);

    /// <summary>The options that a search may set: those that a text leaves open.</summary>
    public IReadOnlyList<TunedOption> Open(string text)
    {
        HashSet<GovernorOption?> given = [.. Settings(text).Select(setting => setting.Option)];
        return [.. Options.Where(option => !given.Contains(option.Option))];
    }

    /// <summary>The C# that sets what a valid text sets.</summary>
    public string CSharp(string text)
    {
        string body = string.Join(", ", Settings(text).Select(setting => $"{setting.Option!.Property} = {TunedOption.CSharp(setting.Option.Quantity, setting.Value)}"));
        return body.Length == 0 ? $"new {entry.OptionsType.Name}()" : $"new {entry.OptionsType.Name} {{ {body} }}";
    }

    private IEnumerable<(GovernorOption? Option, string Value)> Settings(string text) =>
        SpecText.Parts(SpecText.Split(text).Options).Select(part => (entry.Option(part.Name ?? ""), part.Value));
}
