namespace PollScale.Samples.QueueScaler.CommandLine;

/// <summary>Takes options off a command line one after another: <c>--name value</c> or <c>--name=value</c>.</summary>
internal ref struct OptionReader(ReadOnlySpan<string> args)
{
    private ReadOnlySpan<string> _rest = args;
    private string? _value;

    /// <summary>Takes the next option's name.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryName(out string name)
    {
        name = "";
        if (_rest.IsEmpty)
        {
            return false;
        }

        string argument = Take();
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        (name, _value) = equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
        return true;
    }

    /// <summary>Takes its value; empty when the line ends there.</summary>
    public string Value() => _value ?? (_rest.IsEmpty ? "" : Take());

    /// <summary>Takes its value where what follows is one, and else gives <paramref name="otherwise"/>.</summary>
    public string Value(Predicate<string> isValue, string otherwise) => _value ?? (!_rest.IsEmpty && isValue(_rest[0]) ? Take() : otherwise);

    private string Take()
    {
        string argument = _rest[0];
        _rest = _rest[1..];
        return argument;
    }
}
