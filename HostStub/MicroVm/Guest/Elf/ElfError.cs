namespace PollScale.HostStub.Guest.Elf;

/// <summary>What is wrong with an image.</summary>
internal enum ElfError
{
    TooShort,
    NotElf,
    NotElf64,
    NotLittleEndian,
    BadVersion,
    WrongMachine,
    NotExecutable,
    BadProgramHeaders,
    DynamicallyLinked,
    NoLoadableSegment,
    SegmentOutsideFile,
    SegmentSizes,
    SegmentAddress,
    SegmentAlignment,
    SegmentsOverlap,
    TooLarge,
    EntryOutsideCode,
    Unreadable,
}
