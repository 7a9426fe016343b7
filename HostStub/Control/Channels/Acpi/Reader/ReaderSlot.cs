namespace PollScale.HostStub.Channels.Acpi.Reader;

/// <summary>What the reader process knows of one debug port, as it was at one moment.</summary>
/// <param name="State">Whether it is connected.</param>
/// <param name="Error">Why not: an error number; 0 for none.</param>
/// <param name="Newest">Serial number of the newest control byte, and below it the byte: 0 for none of this VM.</param>
/// <param name="Bytes">Bytes read, all connections together.</param>
/// <param name="Unknown">Those of them that are no P-state's.</param>
/// <param name="Connects">Connections.</param>
internal readonly record struct ReaderSlot(SlotState State, int Error, ulong Newest, ulong Bytes, ulong Unknown, uint Connects)
{
    private const int ByteBits = 8;

    /// <summary>The newest control byte; 0 for none of this VM.</summary>
    public byte Byte => (byte)Newest;

    /// <summary>Serial number and byte in one, for one store.</summary>
    public static ulong Pack(ulong serial, byte value) => (serial << ByteBits) | value;

    /// <summary>The serial number.</summary>
    public static ulong Serial(ulong newest) => newest >> ByteBits;
}
