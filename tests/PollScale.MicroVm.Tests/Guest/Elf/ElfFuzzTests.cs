using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Guest;
using PollScale.HostStub.Guest.Elf;
using PollScale.HostStub.Machine;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Guests;
using Xunit;

namespace PollScale.HostStub.Tests.Guest.Elf;

public class ElfFuzzTests
{
    private const int Loads = 200;

    private static readonly Lazy<List<byte[]>> s_images = new(() =>
    {
        List<byte[]> images = [new ElfBytes(2).Bytes, File.ReadAllBytes(GuestBuilder.Build("jump")), File.ReadAllBytes(GuestBuilder.Build("good"))];
        if (PublishedGuest.Image is { } path)
        {
            images.Add(File.ReadAllBytes(path));
        }

        return images;
    });

    /// <summary>An image, its length, and bytes to overwrite: mostly in the headers, where they matter.</summary>
    private static Arbitrary<(int Image, double Length, (double At, byte Value, bool InHeaders)[] Changes)> Cases(int images) =>
        (from image in Gen.Choose(0, images - 1)
         from cut in Gen.Choose(0, 3)
         from length in Gen.Choose(0, 1_000_000)
         from changes in (from at in Gen.Choose(0, 999_999)
                          from value in Gen.Elements<byte>(0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x10, 0x40)
                          from random in Gen.Choose(0, 255)
                          from special in Gen.Elements(true, false)
                          from headers in Gen.Elements(true, true, true, false)
                          select (at / 1e6, special ? value : (byte)random, headers)).ArrayOf(6)
         from count in Gen.Choose(0, 6)
         select (image, cut == 0 ? length / 1e6 : 1.0, changes[..count])).ToArbitrary();

    [Fact]
    public void A_spoilt_image_is_accepted_or_refused_by_name()
    {
        Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        List<byte[]> images = s_images.Value;
        int accepted = 0, refused = 0, loaded = 0;
        Prop.ForAll(Cases(images.Count), test =>
        {
            byte[] bytes = Spoil(images[test.Image], test.Length, test.Changes);
            try
            {
                ElfImage image = ElfImage.Parse(bytes);
                accepted++;
                if (loaded < Loads)
                {
                    loaded++;
                    Load(image);
                }
            }
            catch (ElfException e)
            {
                Assert.True(Enum.IsDefined(e.Error) && e.Message.Length > 0);
                refused++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
        Assert.True(accepted > Loads && refused > 1000, $"{accepted} accepted, {refused} refused: the cases are not hostile enough");
        Assert.Equal(Loads, loaded);
    }

    [Fact]
    public void Every_truncation_of_the_headers_is_refused_or_accepted_by_name()
    {
        byte[] image = new ElfBytes(3).Bytes;
        for (int length = 0; length <= image.Length; length += length < 512 ? 1 : 97)
        {
            try
            {
                ElfImage.Parse(image[..length]);
                Assert.Equal(image.Length, length);
            }
            catch (ElfException)
            {
                Assert.NotEqual(image.Length, length);
            }
        }
    }

    [Fact]
    public void Every_single_bit_of_the_headers_may_flip()
    {
        byte[] image = new ElfBytes(3).Bytes;
        for (int bit = 0; bit < 8 * (64 + (3 * 56)); bit++)
        {
            byte[] flipped = [.. image];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Load(ElfImage.Parse(flipped));
            }
            catch (ElfException e)
            {
                Assert.True(Enum.IsDefined(e.Error));
            }
        }
    }

    private static byte[] Spoil(byte[] image, double length, (double At, byte Value, bool InHeaders)[] changes)
    {
        const int Headers = 64 + (12 * 56);
        byte[] bytes = image[..(int)(image.Length * length)];
        foreach ((double at, byte value, bool inHeaders) in changes)
        {
            int range = inHeaders ? Math.Min(Headers, bytes.Length) : bytes.Length;
            if (range > 0)
            {
                bytes[(int)(at * range)] = value;
            }
        }

        return bytes;
    }

    private static void Load(ElfImage image)
    {
        using GuestMemory memory = new(16 << 20);
        AddressSpace space = new(memory);
        ulong bias = ElfLoader.Load(image, space);
        Assert.True(space.Allows(image.Entry + bias, write: false, fetch: true));
        Assert.NotEqual(0UL, InitialStack.Build(space, image, bias, ["guest"], [], []));
    }
}
