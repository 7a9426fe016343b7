using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace PollScale.C.Tests.Dpdk;

/// <summary>A client of DPDK's telemetry socket: a greeting, then a packet a command and one an answer.</summary>
internal static class Telemetry
{
    private const int LongestAnswer = 1 << 16;

    /// <summary>Asks the program whose runtime folder is one of these.</summary>
    /// <returns>What stands under the command; null where nobody answers yet.</returns>
    public static JsonElement? Ask(string[] folders, string command)
    {
        if (folders.Select(folder => Path.Combine(folder, "dpdk_telemetry.v2")).FirstOrDefault(File.Exists) is not string path)
        {
            return null;
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        byte[] answer = new byte[LongestAnswer];
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Receive(answer);
            socket.Send(Encoding.UTF8.GetBytes(command));
            int length = socket.Receive(answer);
            using JsonDocument document = JsonDocument.Parse(answer.AsMemory(0, length));
            return document.RootElement.EnumerateObject().First().Value.Clone();
        }
        catch (SocketException)
        {
            return null; // it is not up yet
        }
    }
}
