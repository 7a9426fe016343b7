using PollScale.HostStub.Channels.Acpi.Reader;
using PollScale.Native;
using PollScale.Placement;
using PollScale.Tests.Shared.Control;

namespace PollScale.HostStub.Tests.Channels.Acpi;

/// <summary>A reader on a thread of its own in place of a process.</summary>
internal sealed class ReaderLab : IDisposable
{
    private readonly StreamDescriptor _ours;
    private readonly DebugconReader _reader;
    private readonly HostThread _thread;
    private readonly List<WakeEvent> _news = [];

    public ReaderLab(ReaderMemory memory)
    {
        (_ours, StreamDescriptor theirs) = StreamDescriptor.PacketPair();
        Memory = memory;
        _reader = new DebugconReader(theirs, memory);
        _thread = new HostThread("reader", () =>
        {
            _reader.Run();
            _reader.Dispose();
            theirs.Dispose();
        });
        _thread.Start();
    }

    public ReaderMemory Memory { get; }

    /// <summary>Has a port drained.</summary>
    /// <returns>Set when there is something new.</returns>
    public WakeEvent Add(int slot, string path)
    {
        _news.Add(new WakeEvent());
        Span<byte> packet = stackalloc byte[ReaderCommand.MostBytes];
        int length = new ReaderCommand(slot, path).Write(packet);
        PassedDescriptors.Send(_ours.Fd, packet[..length], [_news[^1].Descriptor.Fd]);
        return _news[^1];
    }

    /// <summary>Sends anything.</summary>
    public void Send(ReadOnlySpan<byte> packet, params ReadOnlySpan<int> descriptors) => PassedDescriptors.Send(_ours.Fd, packet, descriptors);

    /// <summary>Waits until a slot is as it should be.</summary>
    public void Until(int slot, Func<ReaderSlot, bool> condition) => ChannelLab.Until(() => condition(Memory.Read(slot)), $"the slot is {Memory.Read(slot)}");

    public void Dispose()
    {
        _ours.Dispose();
        Xunit.Assert.True(_thread.Join(ChannelLab.Patience), "The reader outlives its control socket.");
        Xunit.Assert.Null(_thread.Failure);
        _news.ForEach(news => news.Dispose());
    }
}
