using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using PollScale.HostStub.Guest.Syscalls;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Vm;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>What <see cref="AnsweredAttribute"/> says of the system calls, what is done, and what docs/micro-vm.md promises.</summary>
[Collection(KvmLab.Collection)]
public partial class SyscallTableTests(KvmLab lab)
{
    private static readonly Dictionary<string, AnsweredAttribute> s_answered = Enum.GetNames<SyscallNumber>()
        .Select(name => (Name: name, Mark: typeof(SyscallNumber).GetField(name)!.GetCustomAttribute<AnsweredAttribute>()))
        .Where(call => call.Mark is not null)
        .ToDictionary(call => call.Name, call => call.Mark!);

    public static IEnumerable<TheoryDataRow<string>> Refused =>
        s_answered.Where(call => call.Value.Support == SyscallSupport.Refused).Select(call => new TheoryDataRow<string>(call.Key));

    [Fact]
    public void Every_call_is_answered_that_is_said_to_be_and_no_other()
    {
        using MicroVm vm = lab.Create("syscalls", ["uniform"]);
        vm.Start();
        Assert.True(vm.Wait(TestMachine.Seconds(20)));
        Assert.Equal(GuestEnd.Exited, vm.Outcome!.End);
        string[] expected = [.. Enum.GetValues<SyscallNumber>().Where(n => !s_answered.ContainsKey(n.ToString())).Select(n => SyscallNames.Text((long)n))];
        Assert.Equal(expected.Order(), vm.UnansweredCalls.Keys.Where(call => !call.StartsWith("number", StringComparison.Ordinal)).Order());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_refused_call_has_its_error(string name)
    {
        long number = (long)Enum.Parse<SyscallNumber>(name);
        GuestOutcome outcome = lab.Run("syscalls", "call", number.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(s_answered[name].Errno, outcome.ExitCode);
    }

    [Fact]
    public void The_documentation_names_every_answered_call_once_with_its_answer()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "micro-vm.md"));
        Dictionary<string, string> documented = [];
        foreach (Match row in Row().Matches(text))
        {
            foreach (string name in row.Groups["calls"].Value.Split(", ").Select(call => call.Trim('`')))
            {
                Assert.True(documented.TryAdd(name, row.Groups["answer"].Value), $"{name} is documented twice");
            }
        }

        Assert.Equal(
            s_answered.Select(call => $"{call.Key}: {Text(call.Value)}").Order(),
            documented.Select(call => $"{call.Key}: {call.Value}").Order());
    }

    [Fact]
    public void Calls_have_names_in_reports() => Assert.Equal(
        ("epoll_create1 (291)", "number 461", "number -1"), (SyscallNames.Text(291), SyscallNames.Text(461), SyscallNames.Text(-1)));

    private static string Text(AnsweredAttribute mark) => mark switch
    {
        { Support: SyscallSupport.Full } => "fully",
        { Support: SyscallSupport.Partly } => "partly",
        { Errno: LinuxErrno.EAFNOSUPPORT } => "EAFNOSUPPORT",
        _ => "ENOSYS",
    };

    [GeneratedRegex(@"^\| (?<calls>`\w+`(, `\w+`)*) \| (?<answer>fully|partly|E[A-Z]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
