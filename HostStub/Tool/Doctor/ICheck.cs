namespace PollScale.HostStub.Doctor;

/// <summary>Looks at one part of the machine and changes nothing.</summary>
internal interface ICheck
{
    /// <summary>What was found; a missing or forbidden file is a finding, never an exception.</summary>
    IEnumerable<Finding> Run();
}
