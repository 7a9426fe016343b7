using PollScale.Notation;
using PollScale.Simulation.Traffic.Models;

namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>
/// A kind of traffic with its parameters, each said once: parser, name, help and range check follow from the list. The defaults are a
/// new model's values; rates among them go with the reference rate.
/// </summary>
internal sealed class TrafficKindOf<T>(string name, string description, T standard, IReadOnlyList<Setting<T>> parameters) : TrafficKind(name)
    where T : class, ICheckedTraffic, new()
{
    private const string Line = "line";
    private readonly SettingList<T> _list = new(name, standard, parameters, TrafficDefaults.ReferenceRate);

    public TrafficKindOf(string name, string description, params IReadOnlyList<Setting<T>> parameters)
        : this(name, description, new T(), parameters)
    {
    }

    public override TrafficModelInfo Describe() => new(Name, description, [.. parameters.Select(p =>
        new TrafficParameterInfo(p.Name, p.Summary, p.Show(_list.Standard, _list.Reference), p.Range(_list.Reference)) { FormerNames = p.FormerNames })]);

    public override ITrafficModel Read(string? text, double reference)
    {
        T start = reference == _list.Reference ? _list.Standard : parameters.Aggregate(_list.Standard, (m, p) => p.Scale(m, _list.Reference, reference));
        if (_list.Read(start, text, reference, out T model) is string complaint)
        {
            throw new TrafficModelException(complaint);
        }

        // A line that nobody named is a wire that carries what is asked for.
        if (model is RateTraffic rates && rates.RateOnLine > rates.Line && SpecText.Parts(text).All(part => !Line.Equals(part.Name, StringComparison.OrdinalIgnoreCase)))
        {
            model = (T)(ICheckedTraffic)(rates with { Line = 2 * rates.RateOnLine });
        }

        model.Check();
        return model;
    }

    /// <summary>Checks every parameter's range.</summary>
    /// <exception cref="TrafficModelException">One is out of range.</exception>
    public void Check(T model)
    {
        if (_list.Fault(model) is string complaint)
        {
            throw new TrafficModelException(complaint);
        }
    }

    /// <summary>The model as text: parameters that are as by default are left out.</summary>
    public string Format(T model) => Name + _list.Format(model);
}
