using System.Buffers.Binary;
using System.Text;
using PollScale.Native;
using Xunit;

namespace PollScale.Tests.Native;

/// <summary>Types as a kernel tells them, made by hand: struct task { int; struct { union { long; int wanted; }; }; int after; } behind one of each kind with something behind it.</summary>
public class KernelTypesTests
{
    private const int Int = 1, Pointer = 2, Array = 3, Struct = 4, Union = 5, Enumeration = 6, Prototype = 13, Variable = 14, Section = 15, DeclarationTag = 17, LongEnumeration = 19;
    private static readonly StringBuilder s_names = new("\0");
    private static readonly byte[] s_types = Make();

    [Fact]
    public void A_member_is_found_through_structs_and_unions_without_names()
    {
        KernelTypes types = KernelTypes.Parse(s_types)!;
        Assert.Equal(0, types.FindMember("task", "first"));
        Assert.Equal(16, types.FindMember("task", "wanted"));
        Assert.Equal(24, types.FindMember("task", "after"));
        Assert.Null(types.FindMember("task", "bits")); // does not begin with a byte
        Assert.Null(types.FindMember("task", "want"));
        Assert.Null(types.FindMember("tas", "after"));
        Assert.Null(types.FindMember("either", "wanted")); // a union
    }

    [Fact]
    public void Of_what_is_none_nothing_is_read()
    {
        Assert.Null(KernelTypes.Parse([]));
        Assert.Null(KernelTypes.Parse(new byte[24]));
        Random random = new(3);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] garbled = s_types[..random.Next(s_types.Length + 1)];
            for (int n = random.Next(4); n > 0 && garbled.Length > 2; n--)
            {
                garbled[random.Next(2, garbled.Length)] = (byte)random.Next(256);
            }

            _ = KernelTypes.Parse(garbled)?.FindMember("task", "wanted"); // throws nothing
        }
    }

    private static byte[] Make()
    {
        List<uint> words = [];
        Type("int", Int, 0, 4, 0x20);
        Type("", Pointer, 0, 1);
        Type("", Array, 0, 0, 1, 1, 4);
        Type("few", Enumeration, 2, 4, Name("a"), 1, Name("b"), 2);
        Type("many", LongEnumeration, 1, 8, Name("c"), 1, 0);
        Type("", Prototype, 1, 1, Name("d"), 1);
        Type("v", Variable, 0, 1, 1);
        Type("s", Section, 1, 4, 7, 0, 4);
        Type("t", DeclarationTag, 0, 7, unchecked((uint)-1));
        Type("either", Union, 2, 8, Name("long"), 1, 0, Name("wanted"), 1, 0); // 10
        Type("", Union, 2, 8, Name("long"), 1, 0, Name("wanted"), 1, 0); // 11
        Type("", Struct, 2, 16, Name("x"), 1, 0, 0, 11, 64); // 12: the union at 8
        Type("task", Struct | 0x80, 4, 32, Name("first"), 1, 0, 0, 12, 64, Name("bits"), 1, 196 | (3u << 24), Name("after"), 1, 192 | (32u << 24));
        byte[] names = Encoding.ASCII.GetBytes(s_names.ToString()), all = new byte[24 + (4 * words.Count) + names.Length];
        uint[] head = [0x0001_eb9f, 24, 0, (uint)(4 * words.Count), (uint)(4 * words.Count), (uint)names.Length];
        for (int i = 0; i < head.Length + words.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(all.AsSpan(4 * i), i < head.Length ? head[i] : words[i - head.Length]);
        }

        names.CopyTo(all, all.Length - names.Length);
        return all;

        void Type(string name, uint kind, uint length, uint size, params uint[] behind)
        {
            words.AddRange([name.Length == 0 ? 0 : Name(name), ((kind & 0x7f) << 24) | ((kind & 0x80) << 24) | length, size]);
            words.AddRange(behind);
        }
    }

    private static uint Name(string name)
    {
        uint at = (uint)s_names.Length;
        s_names.Append(name).Append('\0');
        return at;
    }
}
