using PollScale.HostStub.Machine;
using PollScale.HostStub.Run;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.HostStub.Tests.EndToEnd;

/// <summary>The published guests find their functions when they are linked: in the micro-VM there is nothing to load.</summary>
public class GuestImportTests
{
    // What the NativeAOT compiler leaves for an import, and for its library, that is to be found at the first call.
    private static readonly string[] s_lateBinding = ["__pinvoke_", "__nativemodule_"];

    // The linker turns every call of it into an offset, since a static program's thread-local memory lies where it says.
    private static readonly string[] s_relaxed = ["__tls_get_addr"];

    [Theory]
    [InlineData("queuescaler", "sched_setaffinity")]
    [InlineData("guestprobe", "mprotect")]
    public void Every_import_is_bound_by_the_linker(string guest, string its)
    {
        (string Kind, string Name)[] symbols = Read($"artifacts/bin/{guest}/release_linux-x64/native/{guest}.dbg");
        Assert.Empty(Late(symbols));
        Assert.Equal(s_relaxed, symbols.Where(symbol => symbol.Kind == "U").Select(symbol => symbol.Name));
        Assert.All(["mmap", "memcpy", "clock_gettime", its], name => Assert.Contains(symbols, symbol => symbol.Name == name && symbol.Kind is not "U"));
    }

    [Fact]
    public void An_import_bound_late_is_noticed() =>
        Assert.Equal(["__pinvoke_aot__Module__libc_so_6__getppid", "__nativemodule_aot__Module__libc_so_6"], Late(
        [
            ("B", "__pinvoke_aot__Module__libc_so_6__getppid"),
            ("T", "S_P_CoreLib_System_Runtime_InteropServices_PInvokeMarshal"),
            ("B", "__nativemodule_aot__Module__libc_so_6"),
        ]));

    private static IEnumerable<string> Late(IEnumerable<(string Kind, string Name)> symbols) =>
        symbols.Select(symbol => symbol.Name).Where(name => s_lateBinding.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));

    private static (string Kind, string Name)[] Read(string symbols)
    {
        string? file = Find(symbols);
        Assert.SkipWhen(file is null, $"{symbols} is not there: it comes with the guest where ./test publishes that.");
        Assert.SkipUnless(CCompiler.Missing is null, CCompiler.Missing ?? "");
        (int status, string output, string error) = CCompiler.Run("nm", ["--format=posix", file!]);
        Assert.True(status == 0, error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(parts => (parts[1], parts[0]))];
    }

    private static string? Find(string symbols)
    {
        try
        {
            return RepositoryFiles.Find(symbols);
        }
        catch (GuestSetupException)
        {
            return null;
        }
    }
}
