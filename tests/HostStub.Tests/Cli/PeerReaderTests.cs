using PollScale.HostStub.Cli;
using PollScale.HostStub.Peer;
using PollScale.Memif.Control;
using PollScale.Programs;
using Xunit;

namespace PollScale.HostStub.Tests.Cli;

public class PeerReaderTests
{
    [Fact]
    public void Every_option_arrives()
    {
        (int code, string error, PeerOptions? options) = Invoke(
            "--memif", "/run/m.sock,role=server,id=7,secret=swordfish,rsize=12", "--traffic", "constant:rate=1Mpps", "--duration", "3s", "--frame-size", "imix", "--seed", "9", "--cpu", "2", "--json");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(("/run/m.sock", MemifRole.Server, 7u, "swordfish", 12), (options!.Memif.Path, options.Memif.Role, options.Memif.Port.Id, options.Memif.Port.Secret, options.Memif.Port.Log2RingSize));
        Assert.Equal(("constant:rate=1Mpps", TimeSpan.FromSeconds(3), "imix", 9ul, 2, true), (options.Traffic, options.Duration, options.FrameSizes.Name, options.Seed, options.Cpu, options.Json));
    }

    [Theory]
    [InlineData("the guest is missing: hoststub run GUEST.elf, or --memif SOCKET")]
    [InlineData("--memif sends to a peer that runs already, and there is a guest beside it: guest.elf.", "--memif", "s", "--traffic", "bursty", "guest.elf")]
    [InlineData("--ring, --no-vm: not with --memif, which takes --traffic, --duration, --frame-size, --seed, --cpu, --json alone. Leave them out.", "--memif", "s", "--no-vm", "--ring", "64")]
    [InlineData("--pcap: not with --memif", "--memif", "s", "--pcap", "/dev/null")]
    [InlineData("--memif needs traffic: give --traffic.", "--memif", "s")]
    [InlineData("--memif sends frames of its own", "--memif", "s", "--traffic", "pcap:file=/dev/null")]
    [InlineData("--memif has no option 'rol'", "--memif", "s,rol=server", "--traffic", "bursty")]
    [InlineData("--memif: the path of a control socket is missing", "--memif", ",role=server", "--traffic", "bursty")]
    [InlineData("traffic: 'foo' is no model", "--memif", "s", "--traffic", "foo")]
    public void A_wrong_command_line_is_refused_with_its_remedy(string message, params string[] arguments)
    {
        (int code, string error, PeerOptions? options) = Invoke(arguments);

        Assert.Equal((1, null), (code, options));
        Assert.StartsWith($"hoststub: {message}", error);
    }

    private static (int Code, string Error, PeerOptions? Options) Invoke(params string[] arguments)
    {
        StringWriter error = new();
        PeerOptions? options = null;
        HostStubCommand command = new(_ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, _ => ExitCode.Ok, TextWriter.Null, error)
        {
            Peer = read =>
            {
                options = read;
                return ExitCode.Ok;
            },
        };
        return (command.Invoke(["run", .. arguments]), error.ToString(), options);
    }
}
