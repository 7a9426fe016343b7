using System.Buffers.Binary;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Elf;

/// <summary>A validated static ELF64 executable: every offset lies in the file, every address where a guest may have it.</summary>
internal sealed class ElfImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int MaxProgramHeaders = 64;
    private const ulong MaxImageSize = 1UL << 30;
    private const ushort MachineX8664 = 62;
    private const ushort TypeExec = 2, TypeDyn = 3;
    private const uint PtLoad = 1, PtInterp = 3, PtGnuProperty = 0x6474_E553;

    private readonly byte[] _file;
    private readonly List<ElfSegment> _segments = [];

    private ElfImage(byte[] file) => _file = file;

    /// <summary>True for ET_DYN: loaded at a base of the loader's choice.</summary>
    public bool PositionIndependent { get; private set; }

    /// <summary>Entry point, before relocation.</summary>
    public ulong Entry { get; private set; }

    /// <summary>Number of program headers.</summary>
    public int ProgramHeaderCount { get; private set; }

    /// <summary>Virtual address of the program headers before relocation, or 0 when no segment holds them.</summary>
    public ulong ProgramHeaderAddress { get; private set; }

    /// <summary>Loadable segments, lowest first.</summary>
    public IReadOnlyList<ElfSegment> Segments => _segments;

    /// <summary>Levels of x86-64 that the code needs, a bit each; 0 when the image does not say.</summary>
    public uint IsaNeeded { get; private set; }

    /// <summary>The file's bytes of a segment.</summary>
    public ReadOnlySpan<byte> Content(ElfSegment segment) => _file.AsSpan(segment.FileOffset, segment.FileSize);

    /// <summary>Reads and validates a file.</summary>
    /// <exception cref="ElfException">It cannot be read, or is not a static ELF64 executable for x86-64.</exception>
    public static ElfImage Load(string path)
    {
        try
        {
            FileInfo info = new(path);
            if (info.Exists && (ulong)info.Length > MaxImageSize)
            {
                throw new ElfException(ElfError.TooLarge, $"{path} has {info.Length} bytes; an image may have at most {MaxImageSize >> 20} MiB.");
            }

            // The guest is hostile whoever wrote it, so links are the caller's business; a FIFO would be waited for, a device have no end.
            return Parse(SafeFile.Read(info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path, (int)MaxImageSize));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ElfException(ElfError.Unreadable, $"Cannot read the guest image {path}: {e.Message}");
        }
        catch (ElfException e)
        {
            throw new ElfException(e.Error, $"{path}: {e.Message}");
        }
    }

    /// <summary>Validates an image.</summary>
    /// <exception cref="ElfException">It is not a static ELF64 executable for x86-64.</exception>
    public static ElfImage Parse(byte[] file)
    {
        ElfImage image = new(file);
        ulong tableOffset = image.ParseHeader();
        image.ParseProgramHeaders(tableOffset);
        image.CheckSegments();
        return image;
    }

    private ulong ParseHeader()
    {
        ReadOnlySpan<byte> file = _file;
        Require(file.Length >= HeaderSize, ElfError.TooShort, $"{file.Length} bytes are too few for an ELF header of {HeaderSize}.");
        Require(file[..4].SequenceEqual("\u007fELF"u8), ElfError.NotElf, "the file does not begin with the ELF magic; give a static Linux executable.");
        Require(file[4] == 2, ElfError.NotElf64, $"ELF class {file[4]} is not 64-bit (2).");
        Require(file[5] == 1, ElfError.NotLittleEndian, $"ELF data encoding {file[5]} is not little-endian (1).");
        Require(file[6] == 1 && U32(20) == 1, ElfError.BadVersion, $"ELF version {file[6]}/{U32(20)} is not 1.");
        Require(U16(18) == MachineX8664, ElfError.WrongMachine, $"machine {U16(18)} is not x86-64 ({MachineX8664}).");
        ushort type = U16(16);
        Require(type is TypeExec or TypeDyn, ElfError.NotExecutable, $"ELF type {type} is neither executable (2) nor position-independent (3).");
        PositionIndependent = type == TypeDyn;
        Entry = U64(24);
        ProgramHeaderCount = U16(56);
        ulong tableOffset = U64(32);
        Require(U16(54) == ProgramHeaderSize && ProgramHeaderCount is > 0 and <= MaxProgramHeaders, ElfError.BadProgramHeaders,
            $"{ProgramHeaderCount} program headers of {U16(54)} bytes; 1 to {MaxProgramHeaders} of {ProgramHeaderSize} are understood.");
        Require(InFile(tableOffset, (ulong)(ProgramHeaderCount * ProgramHeaderSize)), ElfError.BadProgramHeaders,
            $"the program headers at 0x{tableOffset:x} lie outside the file.");
        return tableOffset;
    }

    private void ParseProgramHeaders(ulong tableOffset)
    {
        for (int i = 0; i < ProgramHeaderCount; i++)
        {
            int at = (int)tableOffset + (i * ProgramHeaderSize);
            uint type = U32(at);
            Require(type != PtInterp, ElfError.DynamicallyLinked, "the image asks for a dynamic linker (PT_INTERP); link it statically (gcc -static, or StaticExecutable for NativeAOT).");
            if (type == PtLoad && U64(at + 40) > 0)
            {
                _segments.Add(ParseSegment(at, i));
            }

            if (type == PtGnuProperty && InFile(U64(at + 8), U64(at + 32)))
            {
                IsaNeeded |= ElfProperties.IsaNeeded(_file.AsSpan((int)U64(at + 8), (int)U64(at + 32)));
            }
        }

        Require(_segments.Count > 0, ElfError.NoLoadableSegment, "the image has no PT_LOAD segment.");
        ElfSegment? holder = _segments.Where(s => tableOffset >= (ulong)s.FileOffset
            && tableOffset + (ulong)(ProgramHeaderCount * ProgramHeaderSize) <= (ulong)s.FileOffset + (ulong)s.FileSize).Cast<ElfSegment?>().FirstOrDefault();
        ProgramHeaderAddress = holder is { } s ? s.Address + (tableOffset - (ulong)s.FileOffset) : 0;
    }

    private ElfSegment ParseSegment(int at, int index)
    {
        uint flags = U32(at + 4);
        ulong offset = U64(at + 8), address = U64(at + 16), fileSize = U64(at + 32), memorySize = U64(at + 40);
        Require(InFile(offset, fileSize), ElfError.SegmentOutsideFile, $"segment {index} (0x{offset:x}+0x{fileSize:x}) lies outside the file of 0x{_file.Length:x} bytes.");
        Require(fileSize <= memorySize, ElfError.SegmentSizes, $"segment {index} has 0x{fileSize:x} bytes in the file but 0x{memorySize:x} in memory.");
        Require(memorySize <= MaxImageSize, ElfError.TooLarge, $"segment {index} wants 0x{memorySize:x} bytes; an image may have at most {MaxImageSize >> 20} MiB.");
        ulong lowest = PositionIndependent ? 0 : GuestLayout.SystemEnd;
        ulong highest = PositionIndependent ? MaxImageSize : GuestLayout.MmapTop / 2;
        Require(address >= lowest && address <= highest - memorySize, ElfError.SegmentAddress,
            $"segment {index} at 0x{address:x}+0x{memorySize:x} lies outside the addresses an image may have, 0x{lowest:x}..0x{highest:x}.");
        Require(fileSize == 0 || offset % GuestLayout.PageSize == address % GuestLayout.PageSize, ElfError.SegmentAlignment,
            $"segment {index} has offset 0x{offset:x} and address 0x{address:x}, which differ within a page.");
        int prot = ((flags & 4) != 0 ? LibC.PROT_READ : 0) | ((flags & 2) != 0 ? LibC.PROT_WRITE : 0) | ((flags & 1) != 0 ? LibC.PROT_EXEC : 0);
        return new ElfSegment((int)offset, address, (int)fileSize, memorySize, prot);
    }

    private void CheckSegments()
    {
        _segments.Sort((a, b) => a.Address.CompareTo(b.Address));
        for (int i = 1; i < _segments.Count; i++)
        {
            Require(GuestLayout.AlignUp(_segments[i - 1].End) <= GuestLayout.AlignDown(_segments[i].Address), ElfError.SegmentsOverlap,
                $"the segments at 0x{_segments[i - 1].Address:x} and 0x{_segments[i].Address:x} share a page.");
        }

        Require(_segments[^1].End - _segments[0].Address <= MaxImageSize, ElfError.TooLarge,
            $"the image spans 0x{_segments[^1].End - _segments[0].Address:x} bytes; at most {MaxImageSize >> 20} MiB are allowed.");
        Require(_segments.Exists(s => (s.Prot & LibC.PROT_EXEC) != 0 && Entry >= s.Address && Entry < s.End), ElfError.EntryOutsideCode,
            $"the entry point 0x{Entry:x} lies in no executable segment.");
    }

    private bool InFile(ulong offset, ulong length) => length <= (ulong)_file.Length && offset <= (ulong)_file.Length - length;

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(at));

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_file.AsSpan(at));

    private static void Require(bool condition, ElfError error, string message)
    {
        if (!condition)
        {
            throw new ElfException(error, message);
        }
    }
}
