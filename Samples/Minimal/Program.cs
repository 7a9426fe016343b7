// Echoes UDP datagrams by polling and scales its core by what comes: minimal [PORT [SECONDS]]
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PollScale;
using PollScale.Transports;

const int Burst = 32;
int port = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7007;
TimeSpan time = args.Length > 1 ? TimeSpan.FromSeconds(int.Parse(args[1], CultureInfo.InvariantCulture)) : TimeSpan.MaxValue;
bool running = true;
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    running = false;
};

using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
socket.Bind(new IPEndPoint(IPAddress.Loopback, port));

// On the polling thread: it is pinned to the CPU it runs on, and the scaler starts at the fastest P-state.
using IFrequencyTransport transport = Open();
using LcoreScaler scaler = new(new LcoreScalerOptions { Transport = transport, Pinning = ThreadPinning.Pin, BurstSize = Burst });
Console.WriteLine($"Polling {socket.LocalEndPoint} on CPU {scaler.Lcore.Cpu}, scaled over {transport.Doorbell}.");

byte[] buffer = new byte[65536];
SocketAddress sender = new(AddressFamily.InterNetwork);
long end = time == TimeSpan.MaxValue ? long.MaxValue : Environment.TickCount64 + (long)time.TotalMilliseconds;
while (Volatile.Read(ref running) && Environment.TickCount64 < end)
{
    int received = 0;
    while (received < Burst && socket.Poll(0, SelectMode.SelectRead))
    {
        int length = socket.ReceiveFrom(buffer, SocketFlags.None, sender);
        socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, sender);
        received++;
    }

    // A socket does not tell how many wait (-1), so that full bursts are the signal; a NIC's rx_queue_count does.
    scaler.Observe(received, -1);
}

Console.WriteLine($"{scaler.Counters.Received} datagrams, {scaler.Decisions} decisions, {scaler.Calls} calls, P{scaler.LastGranted} in the end.");

static IFrequencyTransport Open()
{
    try
    {
        return FrequencyTransport.Open();
    }
    catch (FrequencyControlUnavailableException e)
    {
        Console.Error.WriteLine($"Runs on, and scales nothing. {e.Message}");
        return new LoopbackTransport();
    }
}
