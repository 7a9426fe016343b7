using PollScale.HostStub.Doctor.Policies;

namespace PollScale.HostStub.Doctor.Checks;

/// <summary>Could a policy file be served here?</summary>
internal sealed class PolicyCheck(PolicyCheckOptions options) : ICheck
{
    public const string Name = "policy";

    public IEnumerable<Finding> Run()
    {
        PolicyExamination examination = PolicyExamination.Of(options);
        return examination.Findings.Count == 0
            ? [new Finding(Name, FindingStatus.Ok, $"{options.Path} has no mistake and fits this machine.")]
            : examination.Findings.Select(found => new Finding(Name, found.Status, found.About.In(options.Path)));
    }
}
