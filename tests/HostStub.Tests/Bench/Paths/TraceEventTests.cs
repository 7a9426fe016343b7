using PollScale.HostStub.Bench.Paths;
using Xunit;

namespace PollScale.HostStub.Tests.Bench.Paths;

public class TraceEventTests
{
    // As Linux 6.1 and 6.12 print them.
    [Theory]
    [InlineData("       CPU 0/KVM-315     [001] d..1.  2345678901: kvm_cpuid: func 504d0000 idx 11 rax 0 rbx 0 rcx 0 rdx 0, cpuid entry not found", nameof(TraceEventKind.Burst), 1, 2345678901ul, 0x11u)]
    [InlineData("       CPU 0/KVM-315     [000] .....      5: kvm_cpuid: func 504d0001 idx 69676572 rax 0 rbx 0 rcx 0 rdx 0, cpuid entry not found, used max basic", nameof(TraceEventKind.Label), 0, 5ul, 0x69676572u)]
    [InlineData("           <...>-400     [000] .....  18446744073709551615: cpu_frequency: state=3200000 cpu_id=1", nameof(TraceEventKind.Frequency), 1, 18446744073709551615ul, 3200000u)]
    [InlineData("      a [001] b-400     [120] d.h2.  7: cpu_frequency: state=800000 cpu_id=120", nameof(TraceEventKind.Frequency), 120, 7ul, 800000u)]
    public void Lines_of_the_trace_are_read(string line, string kind, int cpu, ulong ticks, uint value)
    {
        Assert.True(TraceEvent.TryParse(line, out TraceEvent read));
        Assert.Equal((kind, cpu, ticks, value), (read.Kind.ToString(), read.Cpu, read.Ticks, read.Value));
    }

    [Theory]
    [InlineData("# tracer: nop")]
    [InlineData("       CPU 0/KVM-315     [001] d..1.  2345: kvm_cpuid: func 40000000 idx 0 rax 0 rbx 0 rcx 0 rdx 0, cpuid entry found")]
    [InlineData("           <...>-400     [000] .....  18446744073709551616: cpu_frequency: state=3200000 cpu_id=1")]
    [InlineData("           <...>-400     [000] .....  5: cpu_frequency: state=99999999999 cpu_id=1")]
    [InlineData("           <...>-400     [000] .....  5: cpu_frequency_limits: min=800000 max=3200000 cpu_id=1")]
    [InlineData("")]
    public void Others_are_left_out(string line) => Assert.False(TraceEvent.TryParse(line, out _));
}
