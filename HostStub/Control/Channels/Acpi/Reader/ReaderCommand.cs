using System.Buffers.Binary;
using System.Text;

namespace PollScale.HostStub.Channels.Acpi.Reader;

/// <summary>What serve tells the reader process, a packet each: a slot has this debug port from now on, or none. With a port comes the event that is set for it.</summary>
/// <param name="Slot">Number of the slot.</param>
/// <param name="Path">The debug port's socket; null for none any more.</param>
internal readonly record struct ReaderCommand(int Slot, string? Path)
{
    /// <summary>Longest packet, bytes.</summary>
    public const int MostBytes = sizeof(int) + Native.UnixSocket.LongestPath;

    /// <summary>Writes the packet.</summary>
    /// <param name="packet">Takes it, <see cref="MostBytes"/>.</param>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> packet)
    {
        BinaryPrimitives.WriteInt32LittleEndian(packet, Slot);
        return sizeof(int) + (Path is null ? 0 : Encoding.UTF8.GetBytes(Path, packet[sizeof(int)..]));
    }

    /// <summary>Reads a packet.</summary>
    /// <returns>False when it is none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out ReaderCommand command)
    {
        command = default;
        if (packet.Length < sizeof(int) || packet.Length > MostBytes)
        {
            return false;
        }

        command = new ReaderCommand(BinaryPrimitives.ReadInt32LittleEndian(packet), packet.Length == sizeof(int) ? null : Encoding.UTF8.GetString(packet[sizeof(int)..]));
        return command.Slot is >= 0 and < ReaderMemory.Slots;
    }
}
