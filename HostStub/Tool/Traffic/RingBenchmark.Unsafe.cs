using System.Diagnostics;
using System.Runtime.CompilerServices;
using PollScale.HostStub.Placement;
using PollScale.Placement;
using PollScale.HostStub.Traffic.Frames;
using PollScale.Memif;

namespace PollScale.HostStub.Traffic;

/// <summary>How many packets a second the rings themselves carry, with 64-byte frames and bursts of 32.</summary>
// SAFETY: the guest's view is of the memory's own size and is disposed before it.
internal static unsafe class RingBenchmark
{
    /// <summary>What <see cref="TrafficSource.BufferSize"/> gives for 64-byte frames. Buffers of 2048 bytes share few cache sets and are slower.</summary>
    public const int DefaultBufferSize = 128;

    private const int IterationsPerCheck = 1024;

    /// <summary>One thread posts a burst, takes it and releases it, by turns: the cost of a packet on one core.</summary>
    /// <returns>Mpps.</returns>
    public static double SingleCore(TimeSpan duration, int bufferSize = DefaultBufferSize)
    {
        using Rig rig = new(bufferSize);
        return Measure(duration, () =>
        {
            int count = rig.Post();
            rig.Take(forward: false);
            return count;
        });
    }

    /// <summary>As <see cref="SingleCore"/>, and each packet is copied into the tx ring, checked and its buffer posted again.</summary>
    /// <returns>Mpps.</returns>
    public static double SingleCoreEcho(TimeSpan duration, int bufferSize = DefaultBufferSize)
    {
        using Rig rig = new(bufferSize);
        return Measure(duration, () =>
        {
            int count = rig.Post();
            rig.Take(forward: true);
            rig.Collect();
            return count;
        });
    }

    /// <summary>One thread posts, another takes and releases.</summary>
    /// <param name="duration">How long to measure.</param>
    /// <param name="producerCpu">pCPU of the posting thread, or null.</param>
    /// <param name="consumerCpu">pCPU of the taking thread, or null.</param>
    /// <param name="bufferSize">Bytes of a packet buffer.</param>
    /// <returns>Mpps.</returns>
    /// <exception cref="PlacementException">A thread cannot be pinned.</exception>
    public static double TwoThreads(TimeSpan duration, int? producerCpu = null, int? consumerCpu = null, int bufferSize = DefaultBufferSize)
    {
        using Rig rig = new(bufferSize);
        double mpps = 0;
        bool stop = false;
        HostThread consumer = Spawn(consumerCpu, "ring consumer", () =>
        {
            while (!Volatile.Read(ref stop))
            {
                rig.Take(forward: false);
            }
        });
        HostThread producer = Spawn(producerCpu, "ring producer", () => mpps = Measure(duration, rig.Post));
        producer.Join();
        Volatile.Write(ref stop, true);
        consumer.Join();
        producer.JoinOrThrow();
        consumer.JoinOrThrow();
        return mpps;

        static HostThread Spawn(int? cpu, string name, Action body)
        {
            HostThread thread = new(name, () =>
            {
                if (cpu is { } number)
                {
                    ThreadPlacement.Pin(number);
                }

                body();
            });
            thread.Start();
            return thread;
        }
    }

    private static double Measure(TimeSpan duration, Func<int> iterate)
    {
        for (int i = 0; i < IterationsPerCheck; i++)
        {
            iterate();
        }

        long packets = 0;
        long start = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            for (int i = 0; i < IterationsPerCheck; i++)
            {
                packets += iterate();
            }

            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < duration);
        return packets / elapsed.TotalMicroseconds;
    }

    private sealed class Rig : IDisposable
    {
        private const int Burst = RxQueue.MaxBurst;
        private const int Log2Ring = 10;
        private readonly PacketMemory _memory;
        private readonly FramePool _frames = new(FrameSizes.Default, 0, 1, 256);
        private readonly RxProducer _producer;
        private readonly TxConsumer _consumer;
        private readonly PacketRegion _guest;
        private readonly RxPacket[] _packets = new RxPacket[Burst];
        private ulong _sequence;

        public Rig(int bufferSize)
        {
            _memory = new PacketMemory(PacketRegionLayout.Create(Log2Ring, Log2Ring, bufferSize));
            _producer = new RxProducer(_memory);
            _consumer = new TxConsumer(_memory);
            _guest = PacketRegion.At((byte*)_memory.Address, _memory.Size);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public int Post()
        {
            int posted = 0;
            FrameRef frame = _frames.Next();
            while (posted < Burst && _producer.TryPost(frame.Data, frame.Length, 0, _sequence))
            {
                _sequence++;
                posted++;
                frame = _frames.Next();
            }

            _producer.Publish();
            return posted;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Take(bool forward)
        {
            int count = _guest.RxQueue.Burst(_packets);
            if (forward)
            {
                for (int i = 0; i < count; i++)
                {
                    _guest.TxQueue.TrySend(_packets[i]);
                }

                _guest.TxQueue.Publish();
            }

            _guest.RxQueue.Release(count);
        }

        public void Collect() => _consumer.Poll(Burst, _sequence);

        public void Dispose()
        {
            _guest.Dispose();
            _frames.Dispose();
            _memory.Dispose();
        }
    }
}
