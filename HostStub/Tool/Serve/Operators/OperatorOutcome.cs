namespace PollScale.HostStub.Serve.Operators;

/// <summary>What came of an operator's change.</summary>
/// <param name="Problem">Why nothing changed; null where it did.</param>
/// <param name="Message">What is in force now.</param>
/// <param name="Vcpus">The vCPUs that it is about.</param>
internal sealed record OperatorOutcome(string? Problem, string Message, IReadOnlyList<(string Guest, int Vcpu)> Vcpus)
{
    /// <summary>Nothing changed.</summary>
    public static OperatorOutcome Refused(string problem) => new(problem, "", []);
}
