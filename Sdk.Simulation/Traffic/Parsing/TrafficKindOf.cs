using System.Text;

namespace PollScale.Simulation.Traffic.Parsing;

/// <summary>
/// A kind of traffic with its parameters, each said once: parser, name, help and range check follow from the list. The defaults are a
/// new model's values; rates among them go with the reference rate.
/// </summary>
internal sealed class TrafficKindOf<T>(string name, string description, params IReadOnlyList<Parameter<T>> parameters) : TrafficKind(name)
    where T : class, ICheckedTraffic, new()
{
    public override TrafficModelInfo Describe()
    {
        T standard = new();
        return new TrafficModelInfo(Name, description, [.. parameters.Select(p =>
            new TrafficParameterInfo(p.Name, p.Description, p.Format(standard), p.Allowed(TrafficDefaults.ReferenceRate)))]);
    }

    public override ITrafficModel Read(IReadOnlyList<(string Name, string Value)> given, double reference)
    {
        T model = new();
        if (reference != TrafficDefaults.ReferenceRate)
        {
            model = parameters.Aggregate(model, (m, p) => p.Scale(m, reference));
        }

        for (int i = 0; i < given.Count; i++)
        {
            string wanted = given[i].Name;
            if (given.Take(i).Any(g => g.Name == wanted))
            {
                throw new TrafficModelException($"{Name}: {wanted} is given twice: leave one out.");
            }

            Parameter<T> parameter = parameters.FirstOrDefault(p => p.Name == wanted)
                ?? throw new TrafficModelException($"{Name}: '{ErrorText.Shorten(wanted)}' is no parameter: use {string.Join(", ", parameters.Select(p => p.Name))}.");
            model = parameter.Read(model, given[i].Value, Name, reference);
        }

        model.Check();
        return model;
    }

    /// <summary>Checks every parameter's range.</summary>
    /// <exception cref="TrafficModelException">One is out of range.</exception>
    public void Check(T model)
    {
        foreach (Parameter<T> parameter in parameters)
        {
            parameter.Check(model, Name);
        }
    }

    /// <summary>The model as text: parameters that are as by default are left out.</summary>
    public string Format(T model)
    {
        T standard = new();
        StringBuilder text = new(Name);
        char separator = ':';
        foreach (Parameter<T> parameter in parameters)
        {
            string value = parameter.Format(model);
            if (value != parameter.Format(standard))
            {
                text.Append(separator).Append(parameter.Name).Append('=').Append(value);
                separator = ',';
            }
        }

        return text.ToString();
    }
}
