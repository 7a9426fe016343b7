using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>As <see cref="AnsweringOnLinux61"/>, on Linux 6.12.</summary>
[Collection(HostileMachine.Collection)]
public class AnsweringOnLinux612(HostileMachine machine)
{
    [Fact]
    public void The_program_answers_as_the_policy_does() => AnsweringSuite.Run(machine);
}
