using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Guest.Elf;
using PollScale.Tests.Shared.Guests;
using Xunit;

namespace PollScale.HostStub.Tests.Guest.Elf;

public class ElfPropertiesTests
{
    // As ld -z x86-64-v2 writes it, behind a property of another kind.
    private static readonly byte[] s_note =
    [
        4, 0, 0, 0, 32, 0, 0, 0, 5, 0, 0, 0, (byte)'G', (byte)'N', (byte)'U', 0,
        2, 0, 0, 0xC0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
        2, 0x80, 0, 0xC0, 4, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
    ];

    [Fact]
    public void The_level_is_found_behind_other_properties() => Assert.Equal(3u, ElfProperties.IsaNeeded(s_note));

    public static TheoryData<string> Published => [PublishedGuest.Image ?? "", PublishedGuest.Probe ?? ""];

    [Theory]
    [MemberData(nameof(Published))]
    public void A_published_guest_needs_level_2_and_no_more(string guest)
    {
        Assert.SkipWhen(guest.Length == 0, "A guest is missing: run ./test, which publishes both.");
        Assert.Equal(3u, ElfImage.Load(guest).IsaNeeded);
    }

    [Fact]
    public void A_note_cut_anywhere_says_nothing_and_throws_nothing()
    {
        for (int length = 0; length < s_note.Length - 4; length++)
        {
            Assert.Equal(0u, ElfProperties.IsaNeeded(s_note.AsSpan(0, length)));
        }
    }

    [Fact]
    public void No_note_makes_it_fail() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int At, byte Value)[]>(),
        changes =>
        {
            byte[] note = [.. s_note];
            foreach ((int at, byte value) in changes)
            {
                note[(int)((uint)at % note.Length)] = value;
            }

            ElfProperties.IsaNeeded(note);
        }).QuickCheckThrowOnFailure();
}
