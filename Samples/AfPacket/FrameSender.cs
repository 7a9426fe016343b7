using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace PollScale.Samples.AfPacket;

/// <summary>Makes traffic: the longest frames of an experimental protocol, in every other half second.</summary>
internal static class FrameSender
{
    // IEEE 802: for local experiments. The kernel at the other end does nothing with them.
    private const ushort LocalExperiment = 0x88B5;
    private const int HeaderBytes = 14;
    private static readonly byte[] s_frame = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0, 1, LocalExperiment >> 8, LocalExperiment & 0xFF, .. new byte[1500]];

    /// <summary>Sends until it is ended.</summary>
    /// <exception cref="IOException">The interface is missing, down, or this user may not.</exception>
    public static void Run(string name, int perSecond, CancellationToken end)
    {
        const int HalfSecond = 500;
        (Socket socket, LinkEndPoint link) = LinkEndPoint.Open(name, 0);
        using (socket)
        {
            long sent = 0;
            try
            {
                socket.Bind(link);
                for (Stopwatch time = Stopwatch.StartNew(); !end.IsCancellationRequested; Thread.Sleep(1))
                {
                    long half = time.ElapsedMilliseconds / HalfSecond, busy = (half / 2 * HalfSecond) + (half % 2 == 1 ? time.ElapsedMilliseconds % HalfSecond : 0);
                    for (; sent < busy * perSecond / 1000 && !end.IsCancellationRequested; sent++)
                    {
                        BinaryPrimitives.WriteInt64LittleEndian(s_frame.AsSpan(HeaderBytes), sent);
                        _ = socket.Send(s_frame);
                    }
                }
            }
            catch (SocketException e)
            {
                throw new IOException($"{name} sends nothing: {e.Message}. Is it up?", e);
            }

            Console.WriteLine($"{sent} packets sent.");
        }
    }
}
