using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Channels.Acpi.Tables;
using PollScale.Hypercall;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Acpi;

public sealed class GuestPStatesTests : IDisposable
{
    private static readonly PStateTable s_table = new([3_200_000, 2_600_000, 2_000_000, 1_400_000, 800_000], 1, 3, 20_000);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_guest_is_shown_the_p_states_within_its_bounds_each_with_its_index_in_the_core_s_table()
    {
        byte[] table = GuestPStates.Ssdt([(2, s_table)]);

        Assert.Equal([1, 2, 3], GuestPStates.Shown(s_table));
        Assert.True(table.AsSpan().IndexOf("_PSS"u8) > 0);
        Assert.True(table.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x0B, 0x28, 0x0A]) > 0); // 2600
        Assert.True(table.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x0A, 0x81, 0x0A, 0x81]) > 0);
        Assert.True(table.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x0A, 0x80, 0x0A, 0x80]) < 0); // 3.2 GHz is beyond them
        Assert.True(table.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x52, 0x56, 0, 0, 0, 0, 0, 0, 0x79]) > 0); // port 0x5652
        Assert.True(table.AsSpan().IndexOf("CPUSC002"u8) > 0);
    }

    [Fact]
    public void Its_header_says_what_it_is_and_its_bytes_add_up_to_nothing()
    {
        byte[] table = GuestPStates.Ssdt([(0, s_table), (1, s_table)]);

        Assert.Equal("SSDT"u8.ToArray(), table[..4]);
        Assert.Equal(table.Length, BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(4)));
        Assert.Equal(0, table.Aggregate(0, (sum, value) => (sum + value) & 0xFF));
    }

    [Fact]
    public void P_states_that_are_one_in_whole_megahertz_are_shown_once() =>
        Assert.Equal([0, 2], GuestPStates.Shown(new PStateTable([2_000_400, 2_000_100, 1_999_900, 900], 0, 3, 0)));

    [Fact]
    public void No_text_of_ascii_asks_for_anything() => Assert.All(Enumerable.Range(0, 128), c => Assert.True(ControlByte.PState((byte)c) < 0));

    [Fact]
    public void Every_p_state_has_a_byte_that_is_not_what_reading_the_port_gives() => Assert.All(Enumerable.Range(0, HypercallAbi.MaxPStates), p =>
    {
        Assert.Equal(p, ControlByte.PState(ControlByte.Of(p)));
        Assert.NotEqual(ControlByte.Readback, ControlByte.Of(p));
    });

    [Fact]
    public void The_compiler_reads_it_as_it_is_meant()
    {
        Assert.SkipUnless(Iasl.Missing is null, Iasl.Missing ?? "");
        byte[] table = GuestPStates.Ssdt([(1, s_table), (0, s_table)]);
        (string asl, byte[] content) = Iasl.RoundTrip(_folder.Path, table);

        Assert.Equal(table[36..], content);
        string flat = string.Concat(asl.Where(c => !char.IsWhiteSpace(c)));
        Assert.Contains(@"Scope(\_SB.CPUS.C000)", flat, StringComparison.Ordinal);
        Assert.Contains(@"Scope(\_SB.CPUS.C001)", flat, StringComparison.Ordinal);
        Assert.Contains("Register(SystemIO,0x08,//BitWidth0x00,//BitOffset0x0000000000005651,//Address0x01,//AccessSize", flat, StringComparison.Ordinal);
        Assert.Contains("Package(0x06){0x07D0,0xEA60,0x14,0x14,0x82,0x82}", flat, StringComparison.Ordinal);
        Assert.Contains("Package(0x05){0x05,Zero,One,0xFC,One}", flat, StringComparison.Ordinal);
        Assert.Contains("Name(_PPC,Zero)", flat, StringComparison.Ordinal);
    }

    // As a person writes the table.
    [Fact]
    public void It_is_what_the_compiler_makes_of_the_same_table_in_its_language()
    {
        Assert.SkipUnless(Iasl.Missing is null, Iasl.Missing ?? "");
        File.WriteAllText(_folder["theirs.asl"], """
            DefinitionBlock ("", "SSDT", 2, "POLSCL", "PSTATES", 0x1) {
              External (\_SB.CPUS.C3FF, DeviceObj)
              Scope (\_SB.CPUS.C3FF) {
                Name (_PCT, Package (2) { ResourceTemplate () { Register (SystemIO, 8, 0, 0x5A4F, 1) }, ResourceTemplate () { Register (SystemIO, 8, 0, 0x5A4F, 1) } })
                Name (_PSS, Package (2) { Package (6) { 2000, 60000, 10, 10, 0x80, 0x80 }, Package (6) { 1, 30, 10, 10, 0x81, 0x81 } })
                Name (_PPC, 0)
                Name (_PSD, Package (1) { Package (5) { 5, 0, 1023, 0xFC, 1 } })
              }
            }
            """);

        byte[] ours = GuestPStates.Ssdt([(1023, new PStateTable([2_000_000, 1_000], 0, 1, 0))])[36..];
        Assert.Equal(Convert.ToHexString(ours), Convert.ToHexString(Iasl.Compile(_folder.Path, "theirs.asl")));
    }

    // Lengths of one, two and three bytes, integers of every size.
    [Fact]
    public void The_compiler_agrees_about_tables_of_any_size()
    {
        Assert.SkipUnless(Iasl.Missing is null, Iasl.Missing ?? "");
        Gen<PStateTable> tables = from count in Gen.Choose(1, HypercallAbi.MaxPStates)
                                  from steps in Gen.Choose(1_000, 120_000).ListOf(count)
                                  from latency in Gen.Choose(0, 20_000_000)
                                  select new PStateTable([.. Falling(steps)], 0, count - 1, (uint)latency);
        Gen<(int, PStateTable)[]> guests = from vcpus in Gen.Choose(0, 1023).ListOf(6) from some in tables.ListOf(6) select vcpus.Distinct().Zip(some).Select(pair => (pair.First, pair.Second)).ToArray();
        PollScale.Tests.Shared.Drawing.Draw.Check(guests.ToArbitrary(), guest =>
        {
            byte[] table = GuestPStates.Ssdt(guest);
            return table.AsSpan(36).SequenceEqual(Iasl.RoundTrip(_folder.Path, table).Content) ? null : "the compiler makes other bytes of it";
        }, ordinarily: 12, seed: 1);
    }

    private static IEnumerable<uint> Falling(IEnumerable<int> steps)
    {
        uint kHz = 9_000_000;
        return steps.Select(step => kHz -= (uint)step);
    }
}
