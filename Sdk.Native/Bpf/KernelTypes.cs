using System.Buffers.Binary;
using System.Text;

namespace PollScale.Native;

/// <summary>
/// The types of the running kernel (BTF, /sys/kernel/btf/vmlinux), as far as to find where a member of a struct lies. Of a file that is another, it reads nothing outside.
/// </summary>
internal sealed class KernelTypes
{
    /// <summary>Where the kernel shows them.</summary>
    public const string Path = "/sys/kernel/btf/vmlinux";

    private const ushort Magic = 0xeb9f;
    private const int HeadBytes = 24, TypeBytes = 12, MostNesting = 8;
    private const int Int = 1, Array = 3, Struct = 4, Union = 5, Enumeration = 6, Prototype = 13, Variable = 14, Section = 15, DeclarationTag = 17, LongEnumeration = 19;
    private readonly byte[] _bytes;
    private readonly List<int> _types = [0]; // number 0 is void
    private readonly int _strings, _stringsEnd;

    private KernelTypes(byte[] bytes, int types, int typesEnd, int strings, int stringsEnd)
    {
        (_bytes, _strings, _stringsEnd) = (bytes, strings, stringsEnd);
        for (int at = types; at <= typesEnd - TypeBytes;)
        {
            _types.Add(at);
            at += TypeBytes + Trailing(at);
        }
    }

    /// <summary>Reads the types.</summary>
    /// <param name="bytes">The file's.</param>
    /// <returns>Null where it is no such file of this machine's byte order.</returns>
    public static KernelTypes? Parse(byte[] bytes)
    {
        if (bytes.Length < HeadBytes || BinaryPrimitives.ReadUInt16LittleEndian(bytes) != Magic)
        {
            return null;
        }

        long head = U32(bytes, 4), types = head + U32(bytes, 8), typesEnd = types + U32(bytes, 12), strings = head + U32(bytes, 16), stringsEnd = strings + U32(bytes, 20);
        return head < HeadBytes || typesEnd > bytes.Length || stringsEnd > bytes.Length ? null : new KernelTypes(bytes, (int)types, (int)typesEnd, (int)strings, (int)stringsEnd);
    }

    /// <summary>Bytes from a struct's beginning to a member, which may lie in a nameless struct or union within it.</summary>
    /// <param name="structure">Name of the struct.</param>
    /// <param name="member">Name of the member, which is no bit field.</param>
    /// <returns>Null where there is no such struct, or it has no such member.</returns>
    public int? FindMember(string structure, string member)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(structure), name = Encoding.UTF8.GetBytes(member);
        for (int type = 1; type < _types.Count; type++)
        {
            if (Kind(_types[type]) == Struct && IsNamed(U32(_bytes, _types[type]), wanted) && Find(type, name, 0) is long bits && bits % 8 == 0)
            {
                return (int)(bits / 8);
            }
        }

        return null;
    }

    private long? Find(int type, byte[] name, int depth)
    {
        if (depth > MostNesting || type >= _types.Count || Kind(_types[type]) is not (Struct or Union))
        {
            return null;
        }

        for (int i = 0, at = _types[type] + TypeBytes; i < Length(_types[type]) && at <= _bytes.Length - TypeBytes; i++, at += TypeBytes)
        {
            uint memberName = U32(_bytes, at), place = U32(_bytes, at + 8) & (HasBitFields(_types[type]) ? 0xff_ffffu : uint.MaxValue);
            long? found = memberName != 0 ? IsNamed(memberName, name) ? 0 : null : Find((int)Math.Min(U32(_bytes, at + 4), int.MaxValue), name, depth + 1);
            if (found is long within)
            {
                return place + within;
            }
        }

        return null;
    }

    private int Kind(int at) => (int)(U32(_bytes, at + 4) >> 24) & 0x1f;

    private int Length(int at) => (int)U32(_bytes, at + 4) & 0xffff;

    private bool HasBitFields(int at) => U32(_bytes, at + 4) >> 31 != 0;

    // What follows a type's twelve bytes.
    private int Trailing(int at) => Kind(at) switch
    {
        Int or Variable or DeclarationTag => 4,
        Array => 12,
        Struct or Union or Section or LongEnumeration => 12 * Length(at),
        Enumeration or Prototype => 8 * Length(at),
        _ => 0,
    };

    private bool IsNamed(uint name, byte[] wanted)
    {
        long start = _strings + (long)name, end = start + wanted.Length;
        return end < _stringsEnd && _bytes[end] == 0 && _bytes.AsSpan((int)start, wanted.Length).SequenceEqual(wanted);
    }

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
