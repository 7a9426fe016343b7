using System.ComponentModel;

namespace PollScale.Native;

/// <summary>A map that a BPF program and its owner share. It goes when nobody, neither a descriptor nor a program, holds it.</summary>
// SAFETY: spans are pinned for the call and have at least the lengths that the kernel was given when the map was made; structures lie on the stack and have its layout.
internal sealed unsafe class BpfMap : IDisposable
{
    private readonly int _keySize, _valueSize;

    private BpfMap(int fd, int keySize, int valueSize) => (Descriptor, _keySize, _valueSize) = (new StreamDescriptor(fd), keySize, valueSize);

    /// <summary>Its descriptor.</summary>
    public StreamDescriptor Descriptor { get; }

    /// <summary>Makes a map.</summary>
    /// <param name="type">BPF_MAP_TYPE_ number of <see cref="LibC"/>.</param>
    /// <param name="keySize">Bytes of a key; 0 for a ring.</param>
    /// <param name="valueSize">Bytes of a value; 0 for a ring.</param>
    /// <param name="entries">Most entries; of a ring its bytes, a power of two and of pages.</param>
    /// <param name="flags">BPF_F_ bits.</param>
    /// <param name="name">For who lists maps: at most 15 letters, digits, dots and underscores.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static BpfMap Create(uint type, int keySize, int valueSize, int entries, uint flags, string name) =>
        Make(new bpf_attr_map_create { map_type = type, key_size = (uint)keySize, value_size = (uint)valueSize, max_entries = (uint)entries, map_flags = flags }, name);

    /// <summary>Makes an array of maps, all of them empty: a value is a map's descriptor, and keeps that map.</summary>
    /// <param name="like">One like those that it takes.</param>
    /// <param name="entries">Most maps.</param>
    /// <param name="name">As above.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static BpfMap CreateArrayOf(BpfMap like, int entries, string name) => Make(
        new bpf_attr_map_create { map_type = LibC.BPF_MAP_TYPE_ARRAY_OF_MAPS, key_size = sizeof(uint), value_size = sizeof(int), max_entries = (uint)entries, inner_map_fd = (uint)like.Descriptor.Fd }, name);

    private static BpfMap Make(bpf_attr_map_create attributes, string name)
    {
        Name(name, new Span<byte>(attributes.map_name, (int)LibC.BPF_OBJ_NAME_LEN));
        int fd = LibC.bpf(LibC.BPF_MAP_CREATE, &attributes, sizeof(bpf_attr_map_create));
        return fd < 0 ? throw BpfErrors.Failure($"Making the BPF map {name}") : new BpfMap(fd, (int)attributes.key_size, (int)attributes.value_size);
    }

    /// <summary>Puts a value in, in place of what the key had; a program sees either, whole.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="Win32Exception">The system refused; E2BIG where the map is full.</exception>
    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Check(key, value);
        fixed (byte* keyStart = key, valueStart = value)
        {
            if (Call(LibC.BPF_MAP_UPDATE_ELEM, keyStart, valueStart) != 0)
            {
                throw BpfErrors.Failure("Writing into a BPF map");
            }
        }
    }

    /// <summary>Copies the value of a key.</summary>
    /// <returns>False where the key has none.</returns>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Check(key, value);
        fixed (byte* keyStart = key, valueStart = value)
        {
            return Call(LibC.BPF_MAP_LOOKUP_ELEM, keyStart, valueStart) == 0 || (LibC.errno == LibC.ENOENT ? false : throw BpfErrors.Failure("Reading a BPF map"));
        }
    }

    /// <summary>Takes a key out.</summary>
    /// <returns>False where it was not there.</returns>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, _keySize);
        fixed (byte* keyStart = key)
        {
            return Call(LibC.BPF_MAP_DELETE_ELEM, keyStart, null) == 0 || (LibC.errno == LibC.ENOENT ? false : throw BpfErrors.Failure("Deleting from a BPF map"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    /// <summary>Writes a name as the kernel takes it.</summary>
    internal static void Name(string name, Span<byte> room)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(name.Length, room.Length);
        System.Text.Encoding.ASCII.GetBytes(name, room);
    }

    private int Call(int command, byte* key, byte* value)
    {
        bpf_attr_map_elem attributes = new() { map_fd = (uint)Descriptor.Fd, key = (ulong)key, value = (ulong)value, flags = LibC.BPF_ANY };
        return LibC.bpf(command, &attributes, sizeof(bpf_attr_map_elem));
    }

    private void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, _keySize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(value.Length, _valueSize);
    }
}
