using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Policy.Compiled;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Module;

/// <summary>What hoststub tells the kernel module, as the module's own header has it.</summary>
public partial class ModuleContractTests
{
    private static readonly string s_header = Path.Combine(Checkout.Root!, "HostStub/kmod/pollscale_kvm.h");

    [Fact]
    public void Structs_and_constants_are_those_of_the_header() => new HeaderCheck(s_header)
        .Struct(typeof(pollscale_kvm_grant), "struct pollscale_kvm_grant")
        .Struct(typeof(pollscale_kvm_state), "struct pollscale_kvm_state")
        .Struct(typeof(pollscale_kvm_rest), "struct pollscale_kvm_rest")
        .Struct(typeof(pollscale_kvm_record), "struct pollscale_kvm_record")
        .Constants(typeof(ModuleAbi), "POLLSCALE_KVM_")
        .Require(atLeast: 90);

    [Fact]
    public void Each_error_that_the_header_names_has_a_sentence_of_its_own()
    {
        string text = File.ReadAllText(s_header);
        string comment = text[..text.IndexOf("struct pollscale_kvm_grant {", StringComparison.Ordinal)];
        string[] names = [.. Named().Matches(comment).Select(match => match.Groups[1].Value)];
        Assert.True(names.Length >= 11, string.Join(' ', names));
        CompiledPolicy policy = new() { Pcpu = 3, Table = HostLab.Table, Control = true, Queries = true, CallsPerSecond = 1, Burst = 1 };
        string[] sentences = [.. names.Select(name => ModuleErrors.OfGrant(Number(name), new VcpuThread(10, 11, 12), policy))];
        Assert.Equal(names.Length, sentences.Distinct().Count());
        for (int i = 0; i < names.Length; i++)
        {
            Assert.DoesNotContain(LibC.strerror(Number(names[i])), sentences[i], StringComparison.Ordinal); // what it means here, not what it always means
            Assert.EndsWith(".", sentences[i], StringComparison.Ordinal);
        }

        Assert.Contains(LibC.strerror(LibC.ENOMEM), ModuleErrors.OfGrant(LibC.ENOMEM, default, policy), StringComparison.Ordinal);
        Assert.Contains("not loaded", ModuleErrors.OfOpen(LibC.ENOENT), StringComparison.Ordinal);
        Assert.Contains("module.conf", ModuleErrors.OfOpen(LibC.EACCES), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_module_it_does_not_open_and_the_reason_is_told()
    {
        Assert.SkipWhen(File.Exists(ModuleDevice.DevicePath), "The module is loaded here.");
        Assert.Null(ModuleDevice.Open(out string problem));
        Assert.Contains("modprobe pollscale_kvm", problem, StringComparison.Ordinal);
        Assert.Equal(problem, ModuleDevice.WhyNot());
    }

    [Fact]
    public void The_modules_clock_and_the_TSC_tell_the_same_time()
    {
        ulong ns = KernelClock.NowNs, tsc = Clock.TscClock.Now;
        Thread.Sleep(20);
        long difference = (long)KernelClock.ToTsc(ns) - (long)tsc;
        Assert.InRange(Math.Abs(difference), 0, Clock.TscClock.FrequencyKHz * 10.0); // 10 ms
    }

    private static int Number(string name) => Convert.ToInt32(typeof(LibC).GetField(name, BindingFlags.Static | BindingFlags.Public)!.GetRawConstantValue(), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ \* (E[A-Z]+)\t", RegexOptions.Multiline)]
    private static partial Regex Named();
}
