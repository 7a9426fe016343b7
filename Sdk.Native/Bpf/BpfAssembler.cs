namespace PollScale.Native;

/// <summary>Puts a program together, instruction by instruction, each with what it is for. Jumps go forward to labels: a program without loops ends.</summary>
internal sealed class BpfAssembler
{
    private readonly List<(BpfInstruction Instruction, string Why, string? Target)> _lines = [];
    private readonly Dictionary<string, int> _labels = [];

    /// <summary>Appends an instruction.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="why">What it is for, for who reads the listing.</param>
    public BpfAssembler Emit(BpfInstruction instruction, string why)
    {
        _lines.Add((instruction, why, null));
        return this;
    }

    /// <summary>Appends the two instructions that load a map.</summary>
    public BpfAssembler LoadMap(BpfRegister destination, int descriptor, string why)
    {
        (BpfInstruction first, BpfInstruction second) = BpfInstruction.LoadMap(destination, descriptor);
        return Emit(first, why).Emit(second, "its upper half");
    }

    /// <summary>Appends a jump to a label that follows.</summary>
    public BpfAssembler Jump(BpfCondition condition, BpfRegister left, BpfRegister right, string label, string why) => Jump(BpfInstruction.Jump(condition, left, right, 0), label, why);

    /// <summary>Appends a jump to a label that follows.</summary>
    public BpfAssembler Jump(BpfCondition condition, BpfRegister left, int right, string label, string why) => Jump(BpfInstruction.Jump(condition, left, right, 0), label, why);

    /// <summary>Appends a jump to a label that follows, which is always taken.</summary>
    public BpfAssembler Jump(string label, string why) => Jump(BpfInstruction.Jump(BpfCondition.Always, default, 0, 0), label, why);

    /// <summary>Names what comes next.</summary>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    public BpfAssembler Label(string name)
    {
        if (!_labels.TryAdd(name, _lines.Count))
        {
            throw new InvalidOperationException($"Label {name} is there twice.");
        }

        return this;
    }

    /// <summary>The program.</summary>
    /// <exception cref="InvalidOperationException">A jump leads nowhere, backwards, behind the end, or further than 32767 instructions.</exception>
    public IReadOnlyList<BpfLine> Build()
    {
        ILookup<int, string> names = _labels.ToLookup(label => label.Value, label => label.Key);
        return [.. _lines.Select((line, at) => new BpfLine([.. names[at]], line.Target is null ? line.Instruction : line.Instruction with { Offset = Distance(line.Target, at) }, line.Target, line.Why))];
    }

    private BpfAssembler Jump(BpfInstruction jump, string label, string why)
    {
        _lines.Add((jump, why, label));
        return this;
    }

    private short Distance(string label, int from)
    {
        int distance = _labels.TryGetValue(label, out int at) && at < _lines.Count ? at - from - 1 : throw new InvalidOperationException($"Nothing has the label {label}.");
        return distance is >= 0 and <= short.MaxValue ? (short)distance : throw new InvalidOperationException($"The jump to {label} goes {distance} instructions: 0 to {short.MaxValue} it may.");
    }
}
