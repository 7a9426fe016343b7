using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using PollScale.Lab.Image;

namespace PollScale.Lab.Machine;

/// <summary>QEMU's human monitor.</summary>
internal sealed partial class QemuMonitor : IDisposable
{
    private const string Prompt = "(qemu) ";
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };

    /// <summary>Connects.</summary>
    /// <exception cref="LabException">QEMU does not answer.</exception>
    public QemuMonitor(string path)
    {
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e)
        {
            throw new LabException($"QEMU's monitor cannot be reached: {e.Message}");
        }

        UpToPrompt();
    }

    /// <summary>Reads a byte from an I/O port.</summary>
    /// <exception cref="LabException">QEMU does not answer, or something else.</exception>
    public byte ReadPort(int port)
    {
        _socket.Send(Encoding.ASCII.GetBytes($"i /1xb 0x{port:x}\n"));
        string answer = UpToPrompt();
        Match value = Value().Match(answer);
        return value.Success && Hex(value, "port") == port
            ? (byte)Hex(value, "value")
            : throw new LabException($"QEMU's monitor answered '{answer}' when asked for port 0x{port:x}.");
    }

    public void Dispose() => _socket.Dispose();

    private static int Hex(Match match, string group) => int.Parse(match.Groups[group].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private string UpToPrompt()
    {
        StringBuilder text = new();
        byte[] bytes = new byte[512];
        try
        {
            while (!text.ToString().EndsWith(Prompt, StringComparison.Ordinal))
            {
                int count = _socket.Receive(bytes);
                text.Append(count > 0 ? Encoding.ASCII.GetString(bytes, 0, count) : throw new LabException($"QEMU closed its monitor after '{text}'."));
            }
        }
        catch (SocketException e)
        {
            throw new LabException($"QEMU's monitor failed after '{text}': {e.Message}");
        }

        return text.ToString();
    }

    [GeneratedRegex(@"portb\[0x(?<port>[0-9a-f]+)\] = 0x(?<value>[0-9a-f]+)")]
    private static partial Regex Value();
}
