using System.CommandLine;
using PollScale.Governors;
using PollScale.HostStub.Doctor;
using PollScale.Native;
using PollScale.Notation;
using PollScale.Programs;
using PollScale.Simulation.Cores;

namespace PollScale.HostStub.Cli;

/// <summary>Turns parsed options into <see cref="DoctorOptions"/>, or into a complaint.</summary>
internal sealed class DoctorReader(DoctorSymbols symbols, ParseResult parsed) : OptionValues(parsed)
{
    /// <summary>Reads and checks every option.</summary>
    /// <exception cref="UsageException">An option is not valid, or one needs another.</exception>
    public DoctorOptions Read() => new()
    {
        For = ReadPurpose(),
        Cpu = Get(symbols.Cpu) is not string cpu ? null
            : ValueText.Integer(cpu, 0, cpu_set_t.CPU_SETSIZE - 1, out int number) ? number
            : throw Complain(symbols.Cpu, cpu, $"a whole number from 0 to {cpu_set_t.CPU_SETSIZE - 1}"),
        LeaseFolder = Get(symbols.LeaseFolder) is "" ? throw new UsageException("--lease-dir takes the path of a folder.") : Get(symbols.LeaseFolder),
        CpufreqRoot = Get(symbols.CpufreqRoot) is "" ? throw new UsageException("--cpufreq-root takes the path of a folder.") : Get(symbols.CpufreqRoot),
        Policy = Get(symbols.Policy) is "" ? throw new UsageException("--policy takes the path of a file.") : Get(symbols.Policy),
        Json = Parsed.GetValue(symbols.Json),
        Certificate = ReadCertificate(),
    };

    private Purpose ReadPurpose() => Get(symbols.For) switch
    {
        null or "run" => Purpose.Run,
        "serve" => Purpose.Serve,
        "guest" => Purpose.Guest,
        string text => throw Complain(symbols.For, text, "run, serve or guest"),
    };

    private CertificateRequest? ReadCertificate()
    {
        string? ring = Get(symbols.Ring), rate = Get(symbols.LineRate), cycles = Get(symbols.Cycles), memory = Get(symbols.Memory), bound = Get(symbols.DelayBound);
        if (ring is null && rate is null && cycles is null && memory is null && bound is null)
        {
            return null;
        }

        if (ring is null || rate is null)
        {
            throw new UsageException("A loss certificate needs both --ring N and --line-rate RATE; --cycles, --memory and --delay-bound go with them.");
        }

        if (ValueText.Ring(ring, out int log2) is string expectedRing)
        {
            throw Complain(symbols.Ring, ring, expectedRing);
        }

        if (ValueText.PacketRate(rate, out double packets) is string expectedRate)
        {
            throw Complain(symbols.LineRate, rate, expectedRate);
        }

        CertificateRequest request = new(
            1 << log2, packets, ReadCycles(cycles), ReadMemory(memory), ReadBound(bound));
        return request.CyclesPerPacket + request.MemoryNs > 0 ? request : throw new UsageException("--cycles and --memory are both 0: a packet takes some time.");
    }

    private double ReadCycles(string? text) => text is null ? CoreModel.Synthetic.CyclesPerPacket
        : ValueText.Number(text, 0, 1e6, out double value) ? value
        : throw Complain(symbols.Cycles, text, "a number from 0 to 1000000");

    private TimeSpan? ReadBound(string? text) => text is null or "auto" ? null
        : TimeText.TryRead(text, OptimalAvailableOptions.ShortestBoundUs * SimTime.Microsecond, OptimalAvailableOptions.LongestBoundUs * SimTime.Microsecond, out long time) ? TimeSpan.FromMicroseconds(time / (double)SimTime.Microsecond)
        : throw Complain(symbols.DelayBound, text, $"auto, or a time with its unit ({TimeText.Units}), 50us to 100ms");

    private double ReadMemory(string? text) => text is null ? CoreModel.Synthetic.MemoryNsPerPacket
        : ValueText.Nanoseconds(text, out double value) is string expected ? throw Complain(symbols.Memory, text, expected) : value;
}
