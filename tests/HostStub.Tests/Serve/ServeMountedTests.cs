using System.Diagnostics;
using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Cpufreq;
using PollScale.Tests.Shared.Fuse;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>`hoststub serve` on a mounted kernel that other programs, drivers and failures change under it.</summary>
public sealed class ServeMountedTests : IDisposable
{
    private readonly TemporaryFolder _run = new();
    private readonly MountedCpufreq _mounted = new(new FakeCpufreq("haswell-acpi-cpufreq"));

    public void Dispose()
    {
        _mounted.Dispose();
        _run.Dispose();
    }

    [Fact]
    public void A_wish_that_was_granted_before_is_not_granted_again_without_a_look()
    {
        using ServeProcess serve = Serve(("a", 0));
        using StreamDescriptor a = ChannelLab.Connect(_run["a"]);
        Assert.Equal(ReplyCommand.Ack, Scale(a, ScaleUnit.Max));

        _mounted.Do(kernel => kernel.Write("cpufreq/policy0/scaling_governor", "powersave"));

        // Whether this falls before or after the governor is taken again: what is said is what the core does.
        ReplyCommand said = Scale(a, ScaleUnit.Max);
        bool fastest = _mounted.Shown("cpufreq/policy0/scaling_cur_freq") == "2401000";
        Assert.Equal(fastest ? ReplyCommand.Ack : ReplyCommand.Nack, said);
        serve.Notice("changed");
        ChannelLab.Until(() => Scale(a, ScaleUnit.Max) == ReplyCommand.Ack, "the governor is not taken again");
        Assert.Equal(("userspace", "2401000"), (_mounted.Shown("cpufreq/policy0/scaling_governor"), _mounted.Shown("cpufreq/policy0/scaling_cur_freq")));
    }

    [Fact]
    public void A_policy_that_was_made_anew_is_taken_over_again_and_given_back_at_the_end()
    {
        const string Policy = "cpufreq/policy0";
        using (ServeProcess serve = Serve(("a", 0)))
        {
            using StreamDescriptor a = ChannelLab.Connect(_run["a"]);
            Assert.Equal(ReplyCommand.Ack, Scale(a, ScaleUnit.Min));

            _mounted.Do(kernel => kernel.Remove(Policy));
            ChannelLab.Until(() => Scale(a, ScaleUnit.Max) == ReplyCommand.Nack, "a policy that is not there is said to have changed");
            _mounted.Do(kernel => kernel.Add(Policy, CpufreqFixture.Load("haswell-acpi-cpufreq").With(($"{Policy}/scaling_governor", "ondemand"))));
            ChannelLab.Until(() => Scale(a, ScaleUnit.Max) == ReplyCommand.Ack, "the policy is not taken over again");
            Assert.Equal(("userspace", "2401000"), (_mounted.Shown($"{Policy}/scaling_governor"), _mounted.Shown($"{Policy}/scaling_cur_freq")));
            Assert.Contains("the CPU offline or its driver gone", serve.EndTelling(), StringComparison.Ordinal);
        }

        Assert.Equal("ondemand", _mounted.Shown($"{Policy}/scaling_governor"));
    }

    [Fact]
    public void A_slow_file_delays_the_guests_of_its_own_pcpu_only()
    {
        TimeSpan slow = TimeSpan.FromMilliseconds(200);
        using ServeProcess serve = Serve(("a", 0), ("b", 1));
        using StreamDescriptor a = ChannelLab.Connect(_run["a"]), b = ChannelLab.Connect(_run["b"]);
        Assert.Equal(ReplyCommand.Ack, Scale(b, ScaleUnit.Max));
        _mounted.WriteTime = file => file == "policy0/scaling_setspeed" ? slow : TimeSpan.Zero;
        ChannelLab.Write(a, ChannelLab.Scale(ScaleUnit.Min));
        Stopwatch time = Stopwatch.StartNew();
        int answered = 0;
        for (; time.Elapsed < slow * 0.75; answered++)
        {
            Thread.Sleep(1); // within its budget
            Assert.Equal(ReplyCommand.Ack, Scale(b, (answered & 1) == 0 ? ScaleUnit.Min : ScaleUnit.Max));
        }

        // One that had waited for the other's file would have taken the time of all.
        Assert.True(answered > 1, $"guest b was answered {answered} times while guest a's file was written");
        Assert.Equal(ReplyCommand.Ack, (ReplyCommand)PacketHead.Read(ChannelLab.Read(a, GuestChannelAbi.PacketBytes)).Command);
    }

    [Fact]
    public void A_failure_is_told_when_it_begins_and_when_it_ends()
    {
        using ServeProcess serve = Serve(("a", 0));
        using StreamDescriptor a = ChannelLab.Connect(_run["a"]);
        Assert.Equal(ReplyCommand.Ack, Scale(a, ScaleUnit.Max));

        _mounted.Do(kernel => kernel.WriteError = file => file == "scaling_setspeed" ? LibC.EIO : 0);
        Assert.Equal(ReplyCommand.Nack, Scale(a, ScaleUnit.Min));
        serve.Notice("EIO");

        _mounted.Do(kernel => kernel.WriteError = _ => 0);
        ChannelLab.Until(() => Scale(a, ScaleUnit.Min) == ReplyCommand.Ack, "the change still fails");
        serve.Notice("works again");
    }

    private static ReplyCommand Scale(StreamDescriptor guest, ScaleUnit unit) => ChannelLab.Ask(guest, ChannelLab.Scale(unit));

    private ServeProcess Serve(params ReadOnlySpan<(string Name, int Pcpu)> guests)
    {
        string policy = "version: 1\nguests:\n";
        foreach ((string name, int pCpu) in guests)
        {
            policy += $"  - {{name: {name}, control: true, vcpus: [{{vcpu: 0, pcpu: {pCpu}, channel: {{listen: \"{_run[name]}\"}}}}]}}\n";
        }

        File.WriteAllText(_run["policy.yaml"], policy);
        return new ServeProcess("--policy", _run["policy.yaml"], "--frequency", "cpufreq", "--cpufreq-root", _mounted.Root, "--lease-dir", _run.Path);
    }
}
