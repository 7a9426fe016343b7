using System.Buffers.Binary;
using PollScale.GuestChannel;
using PollScale.HostStub.Daemon.Protocol;
using Xunit;

namespace PollScale.HostStub.Tests.Daemon.Protocol;

public class ReplyQueueTests
{
    [Fact]
    public void Random_writes_never_tear_a_reply_and_keep_order()
    {
        Random random = new(11);
        ReplyQueue queue = new();
        List<byte> sent = [];
        List<int> lengths = [];
        for (uint number = 0; number < 20_000; number++)
        {
            int length = random.Next(3) switch { 0 => GuestChannelAbi.PacketBytes, 1 => GuestChannelAbi.FreqListBytes, _ => GuestChannelAbi.CapsListBytes };
            Span<byte> reply = queue.Next();
            reply[..length].Fill((byte)length);
            BinaryPrimitives.WriteUInt32LittleEndian(reply, number);
            queue.Commit(length);
            lengths.Add(length);
            while (!queue.IsEmpty && random.Next(3) == 0)
            {
                int part = random.Next(1, queue.Unsent.Length + 1);
                sent.AddRange(queue.Unsent[..part]);
                queue.Sent(part);
            }
        }

        while (!queue.IsEmpty)
        {
            sent.AddRange(queue.Unsent);
            queue.Sent(queue.Unsent.Length);
        }

        long before = -1;
        int replies = 0;
        for (int at = 0; at < sent.Count; replies++)
        {
            uint number = BinaryPrimitives.ReadUInt32LittleEndian(sent.Slice(at, 4).ToArray());
            int length = lengths[(int)number];
            Assert.True(number > before, $"{number} after {before}");
            Assert.All(sent.Slice(at + 4, length - 4), b => Assert.Equal((byte)length, b));
            before = number;
            at += length;
        }

        Assert.Equal(lengths.Count, replies + (int)queue.Dropped);
        Assert.True(queue.Dropped > 1000, $"only {queue.Dropped} dropped: the test does not fill the queue");
        Assert.Equal(lengths.Count - 1, before);
    }

    [Fact]
    public void The_newest_are_kept()
    {
        ReplyQueue queue = new();
        for (byte number = 0; number < 100; number++)
        {
            queue.Next()[0] = number;
            queue.Commit(GuestChannelAbi.PacketBytes);
        }

        Assert.Equal((100 - ReplyQueue.Capacity, (ulong)(100 - ReplyQueue.Capacity)), (queue.Unsent[0], queue.Dropped));
    }
}
