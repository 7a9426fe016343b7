using System.Security;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;

namespace PollScale.HostStub.Guests;

/// <summary>What a guest's VM needs, for people and for what they paste it into: comments say what each part is for.</summary>
internal sealed class GuestText(TextWriter output) : IReport
{
    private const string Xmlns = "http://libvirt.org/schemas/domain/qemu/1.0";

    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        if (line is not GuestSetup setup)
        {
            return;
        }

        Action<GuestSetup> write = setup.For switch
        {
            VmManager.Qemu => WriteArguments,
            VmManager.Libvirt => WriteXml,
            _ => WriteTable,
        };
        write(setup);
        output.Flush();
    }

    private void WriteTable(GuestSetup setup)
    {
        output.WriteLine(SafeText.Line($"{setup.AcpiTable}: {string.Join("; ", setup.AcpiVcpus.Select(Describe))}"));
        WriteNotes(setup, "", "");
    }

    private void WriteArguments(GuestSetup setup)
    {
        output.WriteLine(SafeText.Line($"# What QEMU needs for guest {setup.Guest} of {setup.Policy}; without the comments: | grep -v '^#' | xargs qemu-system-x86_64 ..."));
        foreach (GuestPart part in setup.Parts)
        {
            output.WriteLine($"# {SafeText.Line(part.What)}");
            WriteLines(part, "");
        }

        WriteNotes(setup, "# ", "");
    }

    private void WriteXml(GuestSetup setup)
    {
        string qemu = setup.Parts.Any(part => part.Place == LibvirtParts.CommandLine && part.Lines.Count > 0) ? $" xmlns:qemu='{Xmlns}'" : "";
        Comment("", $"What the domain needs for guest {setup.Guest} of {setup.Policy}: add with virsh edit.{(qemu.Length > 0 ? " xmlns:qemu belongs to it, or libvirt drops what stands in qemu:commandline." : "")}");
        output.WriteLine($"<domain type='kvm'{qemu}>");
        output.WriteLine($"  <name>{SecurityElement.Escape(setup.Guest)}</name>");
        foreach (string place in LibvirtParts.Places)
        {
            GuestPart[] parts = [.. setup.Parts.Where(part => part.Place == place)];
            bool isElement = parts.Any(part => part.Lines.Count > 0);
            string indentation = isElement ? "    " : "  ";
            Line(isElement, $"  <{place}>");
            foreach (GuestPart part in parts)
            {
                Comment(indentation, part.What);
                WriteLines(part, indentation);
            }

            Line(isElement, $"  </{place}>");
        }

        WriteNotes(setup, "  <!-- ", " -->");
        output.WriteLine("</domain>");
    }

    private void WriteLines(GuestPart part, string indentation)
    {
        foreach (string line in part.Lines)
        {
            output.WriteLine(indentation + line);
        }
    }

    private void WriteNotes(GuestSetup setup, string before, string after)
    {
        IEnumerable<string> told = setup.For is null || setup.AcpiVcpus.Count == 0 ? setup.Notes : setup.Notes.Prepend($"{setup.AcpiTable} was written: {string.Join("; ", setup.AcpiVcpus.Select(Describe))}.");
        foreach (string note in told)
        {
            output.WriteLine(before + (after.Length > 0 ? Harmless(note) : SafeText.Line(note)) + after);
        }
    }

    private void Comment(string indentation, string text) => output.WriteLine($"{indentation}<!-- {Harmless(text)} -->");

    private void Line(bool isElement, string text)
    {
        if (isElement)
        {
            output.WriteLine(text);
        }
    }

    // Two hyphens end a comment, in XML's eyes.
    private static string Harmless(string text) => SafeText.Line(text).Replace("--", "- -", StringComparison.Ordinal).Replace("--", "- -", StringComparison.Ordinal);

    private static string Describe(AcpiVcpu vcpu) => FormattableString.Invariant($"vCPU {vcpu.Vcpu} at port 0x{vcpu.Port:x}, {vcpu.Khz.Count} P-states, {vcpu.Khz[0] / 1000} to {vcpu.Khz[^1] / 1000} MHz");
}
