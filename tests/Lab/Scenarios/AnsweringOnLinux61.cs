using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>The verifier of stock kernels, which are not locked down, takes the program that answers hypercalls, and a hundred thousand calls have the policy's answers there.</summary>
[Collection(StockHardwareMachine.Collection)]
public class AnsweringOnLinux61(StockHardwareMachine machine)
{
    [Fact]
    public void The_program_answers_as_the_policy_does() => AnsweringSuite.Run(machine);
}
