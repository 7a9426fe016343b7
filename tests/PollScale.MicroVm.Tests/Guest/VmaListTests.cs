using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Guest;
using Xunit;

namespace PollScale.HostStub.Tests.Guest;

public class VmaListTests
{
    private const ulong Page = 4096;
    private const int Pages = 48;

    /// <summary>A step on both the list and a map of pages: what, where, how many, which protection, device or not.</summary>
    private static readonly Arbitrary<(bool Add, int First, int Count, int Prot, bool Device)[]> s_steps =
        (from add in Gen.Elements(true, true, false)
         from first in Gen.Choose(0, Pages - 1)
         from count in Gen.Choose(1, 12)
         from prot in Gen.Choose(0, 2)
         from device in Gen.Elements(false, false, true)
         select (add, first, Math.Min(count, Pages - first), prot, device)).ArrayOf().ToArbitrary();

    [Fact]
    public void The_list_agrees_with_a_map_of_pages() =>
        Prop.ForAll(s_steps, steps =>
        {
            VmaList list = new();
            (int Prot, ulong? Device)?[] model = new (int, ulong?)?[Pages];
            foreach ((bool add, int first, int count, int prot, bool device) in steps)
            {
                ulong start = At(first), end = At(first + count);
                list.Remove(start, end);
                ulong? gpa = device ? 0x1_0000_0000 + start : null;
                if (add)
                {
                    list.Add(new Vma(start, end, prot, gpa, prot != 0));
                }

                for (int page = first; page < first + count; page++)
                {
                    model[page] = add ? (prot, device ? 0x1_0000_0000 + At(page) : null) : null;
                }

                Compare(list, model);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_a_hole_in_the_middle_is_inside()
    {
        VmaList list = new();
        list.Add(new Vma(At(2), At(6), 3, null, true));
        Assert.True(list.IsInside(At(3), At(5)));
        Assert.False(list.IsInside(At(2), At(5)));
        Assert.False(list.IsInside(At(3), At(6)));
        Assert.False(list.IsInside(At(0), At(1)));
    }

    private static ulong At(int page) => 0x40_0000 + ((ulong)page * Page);

    private static void Compare(VmaList list, (int Prot, ulong? Device)?[] model)
    {
        Vma[] areas = [.. list.Within(0, ulong.MaxValue)];
        Assert.Equal(list.Count, areas.Length);
        for (int i = 1; i < areas.Length; i++)
        {
            Assert.True(areas[i - 1].End <= areas[i].Start);
            Assert.False(areas[i - 1].Joins(areas[i]), "alike neighbours must be one");
        }

        for (int page = 0; page < Pages; page++)
        {
            Vma[] at = [.. list.Within(At(page), At(page + 1))];
            Assert.Equal(model[page] is null ? 0 : 1, at.Length);
            Assert.Equal(model[page] is not null, list.Overlaps(At(page), At(page + 1)));
            if (model[page] is { } expected)
            {
                Assert.Equal((expected.Prot, expected.Device, Page), (at[0].Prot, at[0].Device, at[0].Length));
            }
        }

        for (int length = 1; length <= Pages; length *= 2)
        {
            ulong free = list.FindFree((ulong)length * Page, Page, At(0), At(Pages));
            int highest = Enumerable.Range(0, Pages - length + 1).Where(p => Enumerable.Range(p, length).All(q => model[q] is null)).DefaultIfEmpty(-1).Max();
            Assert.Equal(highest < 0 ? 0 : At(highest), free);
            bool covered = Enumerable.Range(0, length).All(q => model[q] is not null);
            Assert.Equal(covered, list.Covers(At(0), At(length)));
        }
    }
}
