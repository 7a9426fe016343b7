using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Scaling;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports.Region;

/// <summary>When the shared page is taken, and what is said of it.</summary>
public sealed class RegionChoiceTests : IDisposable
{
    private readonly RegionLab _lab = new();
    private readonly PostedHost _region = new(FakeHost.Table());

    public void Dispose()
    {
        _region.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public void A_doorbell_goes_before_the_page()
    {
        LoopbackTransport doorbell = new();

        Assert.Same(doorbell, TransportProbe.Choose(null, (_, _) => default, () => doorbell, () => throw new InvalidOperationException("region")));
    }

    [Fact]
    public void Without_a_doorbell_the_page_is_taken_but_where_a_doorbell_was_asked_for()
    {
        Assert.Same(_region, TransportProbe.Choose(null, (_, _) => default, NoDoorbell, () => _region));
        Assert.Throws<FrequencyControlUnavailableException>(() => TransportProbe.Choose(new HypercallOptions(), (_, _) => default, NoDoorbell, () => _region));
    }

    [Fact]
    public void Where_there_is_neither_both_are_named()
    {
        string message = Assert.Throws<FrequencyControlUnavailableException>(() =>
            TransportProbe.Choose(null, (_, _) => default, NoDoorbell, () => throw new RegionUnavailableException("No page.", "Get one."))).Message;

        Assert.Contains(CpuidDiscovery.NoHost, message, StringComparison.Ordinal);
        Assert.EndsWith("No page. Get one.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_channel_beside_the_page_is_there_to_fall_back_to()
    {
        Assert.Same(_region, TransportProbe.WithGuestChannel(_region, _lab.Root, 3));
        string ports = Path.Combine(_lab.Root, "dev/virtio-ports");
        Directory.CreateDirectory(ports);
        File.WriteAllText(Path.Combine(ports, "virtio.serial.port.poweragent.3"), "");

        Assert.IsType<FallbackTransport>(TransportProbe.WithGuestChannel(_region, _lab.Root, 3));
        Assert.Same(_region, TransportProbe.WithGuestChannel(_region, _lab.Root, 2));
    }

    [Fact]
    public void The_survey_says_why_it_is_preferred()
    {
        TransportReport report = Survey(FirstCpu());

        Assert.True(report.Usable, report.Why);
        Assert.StartsWith("0000:00:05.0 has the host's page, and vCPU 1's slot is free.", report.Why, StringComparison.Ordinal);
        Assert.Contains("preferred to guest-channel", report.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_survey_takes_no_slot_and_sees_one_that_is_taken()
    {
        using (_lab.Open(1))
        {
            Assert.Contains("Another process has vCPU 1's slot", Survey(FirstCpu()).Why, StringComparison.Ordinal);
        }

        Assert.True(Survey(FirstCpu()).Usable);
        _lab.Open(1).Dispose();
    }

    [Fact]
    public void The_survey_of_a_thread_that_is_not_pinned_says_so()
    {
        Assert.SkipUnless(ThreadAffinity.Read(out int _) > 1, "one CPU only");

        Assert.Contains("for 2 vCPUs. The thread has to be pinned", Survey(null).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_survey_names_what_keeps_it_from_being_used()
    {
        _lab[RegionLayout.VersionField] = 9;
        TransportReport report = Survey(FirstCpu());

        Assert.False(report.Usable);
        Assert.Contains("version 9", report.Why, StringComparison.Ordinal);
        Assert.NotEmpty(report.WhatToDo);
    }

    private static FrequencyControlUnavailableException Refused() => new("The instruction was Refused.");

    private static IFrequencyTransport NoDoorbell() => throw Refused();

    private static int FirstCpu()
    {
        ThreadAffinity.Get(out cpu_set_t allowed);
        return Enumerable.Range(0, cpu_set_t.CPU_SETSIZE).First(allowed.IsSet);
    }

    private TransportReport Survey(int? cpu) => RegionSurvey.Run(_lab.Root, cpu, RegionLab.Cpu(1), RegionLab.NoInstruction.Try);
}
