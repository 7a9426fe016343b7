namespace PollScale.Agreement.Packaging;

/// <summary>The part of <see cref="Outsider"/>'s application that has memif from the packages: two ends of one socket, which exchange packets and count them.</summary>
internal static class OutsiderLink
{
    /// <summary>What it says of a run without a fault.</summary>
    public const string Counted = "there=1000 back=1000 bytes=200000 refused=2";

    /// <summary>Its source: 1000 frames of 100 bytes go one way and come back, the second port of one number and an option out of range are refused.</summary>
    public const string Source = """
        using PollScale.Memif;
        using PollScale.Memif.Control;

        internal static class Linked
        {
            private const int Frames = 1000;

            public static string Run(string path)
            {
                using MemifSocket listening = MemifSocket.Listen(path), connecting = MemifSocket.Connect(path);
                MemifPortOptions options = new() { Id = 3, Secret = "outside", Log2RingSize = 6, BufferSize = 64 };
                using MemifPort server = listening.Add(options), client = connecting.Add(options with { StatusChanged = _ => { } });
                if (!server.WaitForLink(TimeSpan.FromSeconds(20)) || !client.WaitForLink(TimeSpan.FromSeconds(20)) || !server.Poll() || !client.Poll())
                {
                    return "no link";
                }

                int sent = 0, there = 0, back = 0, bytes = 0;
                byte[] frame = new byte[100];
                RxPacket[] packets = new RxPacket[RxQueue.MaxBurst];
                for (int turn = 0; turn < 100_000 && back < Frames; turn++)
                {
                    for (; sent < Frames && sent - back < 16; sent++)
                    {
                        frame[0] = (byte)(sent + 1);
                        if (!client.Tx.TrySend(frame))
                        {
                            break;
                        }
                    }

                    client.Tx.Publish();
                    int count = server.Poll() ? server.Rx.Burst(packets) : 0;
                    for (int i = 0; i < count; i++)
                    {
                        bytes += packets[i].Span.Length;
                        there += packets[i].IsValid && packets[i].Span[0] == (byte)(there + 1) && server.Tx.TrySend(packets[i]) ? 1 : 0;
                    }

                    server.Tx.Publish();
                    server.Rx.Release(count);
                    count = client.Poll() ? client.Rx.Burst(packets) : 0;
                    for (int i = 0; i < count; i++)
                    {
                        bytes += packets[i].Span.Length;
                        back += packets[i].IsValid && packets[i].Span[0] == (byte)(back + 1) ? 1 : 0;
                    }

                    client.Rx.Release(count);
                }

                return $"there={there} back={back} bytes={bytes} refused={Refused<MemifException>(() => listening.Add(options)) + Refused<ArgumentException>(() => connecting.Add(new() { Id = 4, Log2RingSize = 16 }))}";
            }

            private static int Refused<TException>(Action action)
                where TException : Exception
            {
                try
                {
                    action();
                    return 0;
                }
                catch (TException)
                {
                    return 1;
                }
            }
        }
        """;
}
