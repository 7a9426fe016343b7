using System.Buffers.Binary;
using System.Text;

namespace PollScale.HostStub.Channels.Acpi.Tables;

/// <summary>A secondary system description table: its header, and AML after it.</summary>
internal static class AcpiTable
{
    private const int HeaderBytes = 36, LengthAt = 4, RevisionAt = 8, ChecksumAt = 9, OemAt = 10, OemTableAt = 16, OemRevisionAt = 24, CreatorAt = 28, CreatorRevisionAt = 32;

    // From 2 on integers have 64 bits.
    private const byte Revision = 2;

    /// <summary>The table, all its bytes adding up to 0.</summary>
    /// <param name="aml">Its content.</param>
    public static byte[] Ssdt(ReadOnlySpan<byte> aml)
    {
        byte[] table = new byte[HeaderBytes + aml.Length];
        "SSDT"u8.CopyTo(table);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(LengthAt), table.Length);
        table[RevisionAt] = Revision;
        Encoding.ASCII.GetBytes("POLSCL").CopyTo(table, OemAt);
        Encoding.ASCII.GetBytes("PSTATES").CopyTo(table, OemTableAt);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(OemRevisionAt), 1);
        Encoding.ASCII.GetBytes("PLSC").CopyTo(table, CreatorAt);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(CreatorRevisionAt), 1);
        aml.CopyTo(table.AsSpan(HeaderBytes));
        byte sum = 0;
        foreach (byte value in table)
        {
            sum += value;
        }

        table[ChecksumAt] = (byte)-sum;
        return table;
    }
}
