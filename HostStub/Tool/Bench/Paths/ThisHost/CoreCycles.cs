using System.Buffers.Binary;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>
/// APERF and MPERF of one pCPU (Intel SDM volume 3, 15.2; AMD APM volume 2, 17.3), which Linux shows in /dev/cpu/N/msr where its module msr is loaded, and by its
/// perf events msr/aperf/ and msr/mperf/. They are read a few times, each with an interrupt to that pCPU, and never written.
/// </summary>
internal sealed class CoreCycles : IDisposable
{
    private const long Mperf = 0xE7, Aperf = 0xE8;
    private const int MostText = 4096;
    private readonly SafeFileHandle? _registers;
    private readonly CpuCounter? _actual, _fixed;

    /// <summary>Opens what can be read.</summary>
    /// <param name="root">Folder that holds dev and sys; "" but in tests.</param>
    /// <param name="cpu">The pCPU.</param>
    public CoreCycles(string root, int cpu)
    {
        List<string> why = [];
        string file = string.Create(CultureInfo.InvariantCulture, $"{root}/dev/cpu/{cpu}/msr");
        try
        {
            _registers = File.OpenHandle(file);
            _ = Register(Aperf) + Register(Mperf);
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _registers?.Dispose();
            _registers = null;
            why.Add($"{e.Message.TrimEnd('.')} (modprobe msr)");
        }

        try
        {
            string events = root + "/sys/bus/event_source/devices/msr";
            uint type = uint.Parse(Text($"{events}/type"), NumberStyles.None, CultureInfo.InvariantCulture);
            _actual = CpuCounter.Open(type, Event(Text($"{events}/events/aperf")), cpu);
            _fixed = CpuCounter.Open(type, Event(Text($"{events}/events/mperf")), cpu);
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException or Win32Exception)
        {
            Dispose();
            (_actual, _fixed) = (null, null);
            why.Add($"perf: {e.Message.TrimEnd('.')}");
        }

        WhyNot = string.Join("; ", why);
    }

    /// <summary>Why they cannot be read here; null where they can.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>Reads them; null where they cannot be read (any more).</summary>
    public (ulong Actual, ulong Fixed)? Read()
    {
        try
        {
            return _registers is not null ? (Register(Aperf), Register(Mperf)) : _actual is not null && _fixed is not null ? (_actual.Read(), _fixed.Read()) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            WhyNot ??= e.Message;
            return null;
        }
    }

    /// <summary>The config of a perf event as sysfs tells it: "event=0x01".</summary>
    /// <exception cref="FormatException">It is told otherwise.</exception>
    internal static ulong Event(string text) => text.StartsWith("event=0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan("event=0x".Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : throw new FormatException($"an event is told as '{Report.SafeText.Line(text)}'");

    /// <inheritdoc/>
    public void Dispose()
    {
        _registers?.Dispose();
        _actual?.Dispose();
        _fixed?.Dispose();
    }

    private static string Text(string file) => Encoding.ASCII.GetString(SafeFile.Read(file, MostText)).Trim();

    private ulong Register(long number)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        return RandomAccess.Read(_registers!, value, number) == value.Length ? BinaryPrimitives.ReadUInt64LittleEndian(value) : throw new IOException("its registers are not all there");
    }
}
