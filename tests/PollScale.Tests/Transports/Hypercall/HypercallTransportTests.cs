using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Transports;
using Xunit;

namespace PollScale.Tests.Transports;

[Collection("children")]
public class HypercallTransportTests
{
    [Fact]
    public void Calls_go_through_the_doorbell()
    {
        FakeDoorbell doorbell = new(needsEncoding: true);
        using HypercallTransport transport = Open(doorbell);

        Assert.Equal(7, transport.Call(new FrequencyCall(FrequencyOp.SetPState, 7)).Value);
        Assert.Equal(7, doorbell.Host.PState);
    }

    [Theory]
    [InlineData(40, 0)]
    [InlineData(-40, 20)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, 20)]
    public void A_step_beyond_six_bits_arrives_as_a_set(long delta, int expected)
    {
        FakeDoorbell doorbell = new(needsEncoding: true);
        using HypercallTransport transport = Open(doorbell);
        transport.Call(new FrequencyCall(FrequencyOp.SetPState, 10));

        Assert.Equal(expected, transport.Call(new FrequencyCall(FrequencyOp.Step, delta)).Value);
        Assert.All(doorbell.Rung, call => Assert.True(call.IsEncodable));
    }

    [Theory]
    [InlineData(FrequencyOp.SetPState, 64, FrequencyStatus.Invalid)]
    [InlineData(FrequencyOp.SetPState, -1, FrequencyStatus.Invalid)]
    [InlineData((FrequencyOp)8, 0, FrequencyStatus.UnknownCall)]
    public void What_does_not_fit_never_leaves_the_guest(FrequencyOp op, long argument, FrequencyStatus expected)
    {
        FakeDoorbell doorbell = new(needsEncoding: true);
        using HypercallTransport transport = Open(doorbell);
        int before = doorbell.Rung.Count;

        Assert.Equal(expected, transport.Call(new FrequencyCall(op, argument)).Status);
        Assert.Equal(before, doorbell.Rung.Count);
    }

    [Fact]
    public void The_hypercall_carries_whole_arguments()
    {
        FakeDoorbell doorbell = new(needsEncoding: false);
        using HypercallTransport transport = Open(doorbell);
        transport.Call(new FrequencyCall(FrequencyOp.Step, 1000));

        Assert.Equal(new FrequencyCall(FrequencyOp.Step, 1000), doorbell.Rung[^1]);
    }

    [Theory]
    [InlineData(-1L, typeof(FrequencyControlUnavailableException))]
    [InlineData(-1000L, typeof(FrequencyControlUnavailableException))]
    [InlineData((2L << 16) | 21, typeof(AbiVersionMismatchException))]
    [InlineData((1L << 40) | (1L << 16) | 21, typeof(AbiVersionMismatchException))]
    [InlineData(1L << 16, typeof(MalformedHostInterfaceException))]
    [InlineData((1L << 16) | 65, typeof(MalformedHostInterfaceException))]
    [InlineData((1L << 16) | 20, typeof(MalformedHostInterfaceException))]
    public void A_wrong_hello_is_a_clear_error(long hello, Type expected) =>
        Assert.IsType(expected, Record.Exception(() => Open(new FakeDoorbell(needsEncoding: true) { Hello = hello })));

    [Fact]
    public void A_doorbell_that_is_not_offered_is_named()
    {
        HostInterface host = Host() with { Doorbells = Doorbells.Mmio };

        FrequencyControlUnavailableException error = Assert.Throws<FrequencyControlUnavailableException>(() => DoorbellChooser.Open(host, Doorbells.Port, Cpuid.Read, "/dev/null"));
        Assert.Contains("Port", error.Message, StringComparison.Ordinal);
        Assert.Contains("Mmio", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_no_doorbell_opens_every_reason_is_told()
    {
        HostInterface host = Host() with { Doorbells = Doorbells.Mmio, DoorbellPage = 0 };

        FrequencyControlUnavailableException error = Assert.Throws<FrequencyControlUnavailableException>(() => DoorbellChooser.Open(host, Doorbells.None, Cpuid.Read, "/nonexistent/mem"));
        Assert.Contains("/nonexistent/mem", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_without_doorbells_is_named() =>
        Assert.Throws<FrequencyControlUnavailableException>(() => DoorbellChooser.Open(Host() with { Doorbells = Doorbells.None }, Doorbells.None, Cpuid.Read, "/dev/null"));

    [Fact]
    public void Two_doorbells_at_once_are_refused() =>
        Assert.Throws<ArgumentException>(() => DoorbellChooser.Open(Host(), Doorbells.Port | Doorbells.Mmio, Cpuid.Read, "/dev/null"));

    [Theory]
    [InlineData("AuthenticAMD", true)]
    [InlineData("HygonGenuine", true)]
    [InlineData("GenuineIntel", false)]
    [InlineData("CentaurHauls", false)]
    [InlineData("  Shanghai  ", false)]
    public void The_instruction_is_the_vendors(string vendor, bool vmmcall)
    {
        byte[] text = System.Text.Encoding.ASCII.GetBytes(vendor);
        CpuidLeaf leaf = new(0x16, BitConverter.ToUInt32(text, 0), BitConverter.ToUInt32(text, 8), BitConverter.ToUInt32(text, 4));

        Assert.Equal(vmmcall, leaf.IsAmd);
    }

    [Fact]
    public void Without_a_host_the_error_says_what_was_looked_for()
    {
        Assert.SkipUnless(CpuidDiscovery.Find() is null, "this machine has a PollScale host");

        FrequencyControlUnavailableException error = Assert.Throws<FrequencyControlUnavailableException>(() => FrequencyTransport.Open());
        Assert.Contains("CPUID", error.Message, StringComparison.Ordinal);
        Assert.Contains("child process", error.Message, StringComparison.Ordinal);
        Assert.Contains("LoopbackTransport", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_without_cpuid_is_not_guessed()
    {
        FrequencyControlUnavailableException error = Assert.Throws<FrequencyControlUnavailableException>(() =>
            TransportProbe.Choose(new HypercallOptions { Doorbell = Doorbells.Port }, (_, _) => default, () => throw new InvalidOperationException("probed"), () => throw new InvalidOperationException("region")));

        Assert.Contains("Port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_answers_the_probe_is_used()
    {
        LoopbackTransport loopback = new(FakeHost.Table());

        Assert.Same(loopback, TransportProbe.Choose(new HypercallOptions(), (_, _) => default, () => loopback, () => throw new InvalidOperationException("region")));
    }

    [Fact]
    public void There_is_no_socket_below_zero() => Assert.Contains(
        "SocketFd is -1", Assert.Throws<ArgumentException>(() => FrequencyTransport.Open(new SocketOptions(-1))).Message, StringComparison.Ordinal);

    [Fact]
    public void No_advice_names_what_does_not_exist()
    {
        Assert.SkipUnless(CpuidDiscovery.Find() is null, "this machine has a PollScale host");

        string advice = Assert.Throws<FrequencyControlUnavailableException>(() => FrequencyTransport.Open()).Message
            + string.Concat(FrequencyTransport.Survey().Select(report => report.WhatToDo));
        Assert.DoesNotContain("kernel module", advice, StringComparison.Ordinal);
    }

    private static HypercallTransport Open(FakeDoorbell doorbell) => new(doorbell, FakeHost.Table(), controlGranted: true, emulated: false, statusPage: null);

    private static HostInterface Host() => CpuidDiscovery.Find(new FakeHost().Reader)!;

    private sealed class FakeDoorbell(bool needsEncoding) : IDoorbell
    {
        public LoopbackTransport Host { get; } = new(FakeHost.Table());

        public List<FrequencyCall> Rung { get; } = [];

        public long? Hello { get; init; }

        public string Name => "fake";

        public bool NeedsEncoding => needsEncoding;

        public long Ring(FrequencyCall call)
        {
            Rung.Add(call);
            return call.Op == FrequencyOp.Hello && Hello is long hello ? hello : Host.Call(call).Value;
        }

        public void Dispose()
        {
        }
    }
}
