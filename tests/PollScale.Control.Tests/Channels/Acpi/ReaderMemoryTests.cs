using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.Native;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Acpi;

public class ReaderMemoryTests
{
    [Fact]
    public void Whatever_comes_is_counted_and_only_the_newest_p_state_is_kept() => Prop.ForAll<byte[][], byte>((chunks, some) =>
    {
        using ReaderMemory memory = ReaderMemory.Make();
        int slot = some * 16, pStates = some % 65; // 0 is not known
        memory.SetPStates(slot, pStates);
        byte[] all = [.. chunks.SelectMany(chunk => chunk)];
        byte[] known = [.. all.Where(value => value >= 0x80 && value < 0x80 + (pStates == 0 ? 64 : pStates))];
        foreach (byte[] chunk in chunks)
        {
            memory.Take(slot, chunk);
        }

        ReaderSlot found = memory.Read(slot);
        return found.Bytes == (ulong)all.Length && found.Unknown == (ulong)(all.Length - known.Length) && found.Byte == known.LastOrDefault()
            && ReaderSlot.Serial(found.Newest) == (ulong)known.Length && memory.Read((slot + 16) % ReaderMemory.Slots) == default;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_another_byte_than_before_is_news()
    {
        using ReaderMemory memory = ReaderMemory.Make();

        Assert.True(memory.Take(0, [0x81]));
        Assert.False(memory.Take(0, [0x81, 0x82, 0x81]));
        Assert.False(memory.Take(0, "any text"u8));
        Assert.True(memory.Take(0, [0x80]));
        memory.Forget(0);
        Assert.Equal((0, 5ul), (memory.Read(0).Byte, ReaderSlot.Serial(memory.Read(0).Newest)));
        Assert.True(memory.Take(0, [0x80]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(ReaderMemory.Slots)]
    [InlineData(int.MaxValue)]
    public void A_slot_that_there_is_not_is_refused(int slot)
    {
        using ReaderMemory memory = ReaderMemory.Make();
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read(slot));
    }

    [Fact]
    public void Another_memory_than_serve_s_is_told_apart()
    {
        using ReaderMemory memory = ReaderMemory.Make();
        using StreamDescriptor other = SealedMemory.Make("other", 4096);

        Assert.True(ReaderMemory.Is(memory.Descriptor));
        Assert.False(ReaderMemory.Is(other));
    }

    [Fact]
    public void A_command_is_read_as_it_was_written_and_anything_else_is_none() => Prop.ForAll<byte[]>(bytes =>
    {
        byte[] packet = new byte[ReaderCommand.MostBytes];
        int length = new ReaderCommand(77, "/run/vm0/ä.sock").Write(packet);
        bool known = ReaderCommand.TryRead(packet.AsSpan(0, length), out ReaderCommand command) && command == new ReaderCommand(77, "/run/vm0/ä.sock");
        return known && (!ReaderCommand.TryRead(bytes, out ReaderCommand any) || any.Slot is >= 0 and < ReaderMemory.Slots);
    }).QuickCheckThrowOnFailure();
}
