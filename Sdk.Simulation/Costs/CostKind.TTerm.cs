using PollScale.Notation;

namespace PollScale.Simulation.Costs;

/// <summary>The kind of a <typeparamref name="T"/>.</summary>
internal sealed class CostKind<T>(string name, string description, params IReadOnlyList<Setting<T>> settings) : CostKind(name, description)
    where T : CostTerm, new()
{
    private readonly SettingList<T> _list = new($"Cost {name}", new T(), settings);

    public override IReadOnlyList<(string Name, string Range, string Default, string Summary)> Parameters =>
        [.. settings.Select(s => (s.Name, s.Range(double.NaN), s.Show(_list.Standard, double.NaN), s.Summary))];

    public override CostTerm Read(string? parameters) =>
        (_list.Read(_list.Standard, parameters, double.NaN, out T term) ?? (term.Fault is string fault ? $"Cost {Name}: {fault}." : null)) is string complaint ? throw new FormatException(complaint) : term;

    /// <summary>The term as text: parameters that are as by default are left out.</summary>
    public string Format(T term) => Name + _list.Format(term);
}
