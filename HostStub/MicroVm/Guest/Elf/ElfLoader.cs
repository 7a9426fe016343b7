using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest.Elf;

/// <summary>Puts a validated image into an address space.</summary>
internal static class ElfLoader
{
    /// <summary>Maps and fills every segment.</summary>
    /// <returns>What was added to the image's addresses.</returns>
    /// <exception cref="ElfException">The guest's memory cannot hold it.</exception>
    public static ulong Load(ElfImage image, AddressSpace space)
    {
        ulong bias = image.PositionIndependent ? GuestLayout.PieBase : 0;
        foreach (ElfSegment segment in image.Segments)
        {
            ulong start = GuestLayout.AlignDown(segment.Address + bias);
            ulong length = GuestLayout.AlignUp(segment.End + bias) - start;
            int written = space.Map(start, length, LibC.PROT_READ | LibC.PROT_WRITE);
            if (written != 0 || !space.TryWrite(segment.Address + bias, image.Content(segment)))
            {
                throw new ElfException(ElfError.TooLarge, $"The guest's memory cannot hold the segment of {segment.MemorySize >> 10} KiB at 0x{segment.Address:x}; give it more (--memory).");
            }

            if (segment.Prot != (LibC.PROT_READ | LibC.PROT_WRITE) && space.Protect(start, length, segment.Prot) != 0)
            {
                throw new ElfException(ElfError.TooLarge, $"The guest's memory cannot hold the page tables of the segment at 0x{segment.Address:x}; give it more (--memory).");
            }
        }

        space.SetBrk(image.Segments[^1].End + bias);
        return bias;
    }
}
