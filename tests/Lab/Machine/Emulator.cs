using System.Text;
using System.Text.RegularExpressions;
using PollScale.Lab.Image;
using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>QEMU of the real machine, which emulates the lab's, without a fault of its TCG: a copy, of which one instruction is taken out.</summary>
/// <remarks>
/// The helper of VMRUN delivers an interrupt that KVM injects, and leaves its vector in exception_index all the same (target/i386/tcg/sysemu/svm_helper.c of 7.2; of
/// 10.0 as well). Where TCG's loop is left before the guest's next exit or exception, the vector is delivered once more, interrupts being off: a handler that holds a
/// lock waits for it for ever, and an entry from user mode ends in a triple fault. Seen with -d int,in_asm, two to four times a boot of five VMs.
/// </remarks>
internal static partial class Emulator
{
    private const string Name = "qemu-system-x86_64", Installed = "/usr/bin/" + Name;

    // A copy does not find by its own folder what belongs to it.
    private const string Modules = "/usr/lib/x86_64-linux-gnu/qemu";
    private static readonly string[] s_firmware = ["/usr/share/qemu", "/usr/share/seabios", "/usr/lib/ipxe/qemu"];
    private static readonly Lazy<string[]> s_command = new(Find);

    /// <summary>The program and its first arguments, for env.</summary>
    public static string[] Command => s_command.Value;

    /// <summary>Takes the instruction out that leaves a delivered interrupt's vector behind.</summary>
    /// <param name="program">QEMU's bytes.</param>
    /// <returns>False, and nothing is changed, unless there is just one place that looks like it.</returns>
    public static bool Mend(Span<byte> program)
    {
        Match[] places = [.. Injection().Matches(Encoding.Latin1.GetString(program)).Cast<Match>()];
        if (places.Length != 1)
        {
            return false;
        }

        // exception_index is CPUState's, which lies before the registers that the base points to; error_code lies behind it.
        Group[] stores = [.. new[] { places[0].Groups["first"], places[0].Groups["second"] }.Where(store => store.Value[^1] == 0xFF)];
        if (stores.Length != 1)
        {
            return false;
        }

        ReadOnlySpan<byte> nothing = stores[0].Length == 6 ? [0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00] : [0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00];
        nothing.CopyTo(program.Slice(stores[0].Index, stores[0].Length));
        return true;
    }

    private static string[] Find()
    {
        if (!File.Exists(Installed))
        {
            return [Name]; // who starts it says what to install
        }

        try
        {
            string path = ImageCache.Get(Name, [Installed, typeof(Emulator).Assembly.Location], copy =>
            {
                byte[] program = File.ReadAllBytes(Installed);
                if (!Mend(program))
                {
                    throw new LabException($"{Installed} is another one than the lab knows: its VMs may hang now and then (docs/lab.md).");
                }

                File.Copy(Installed, copy); // with its rights
                File.WriteAllBytes(copy, program);
            });
            return [$"QEMU_MODULE_DIR={Modules}", path, .. s_firmware.SelectMany(folder => (string[])["-L", folder])];
        }
        catch (LabException e)
        {
            TestContext.Current.SendDiagnosticMessage(e.Message);
            return [Installed];
        }
    }

    // error_code and exception_index in either order, exception_is_int = 0, exception_next_eip = -1, a look at the log's level, the call with is_hw = 1.
    [GeneratedRegex(
        @"(?<first>[\x40-\x4F]?\x89[\x80-\xBF].{4})(?<second>[\x40-\x4F]?\x89[\x80-\xBF].{4})\xC7[\x80-\x87].{4}\0{4}\x48\xC7[\x80-\x87].{4}\xFF{4}\xF6\x05.{4}\x02\x0F\x85.{4}\xBA\x01\0{3}\x48\x89[\xC0-\xFF]\xE8",
        RegexOptions.Singleline)]
    private static partial Regex Injection();
}
