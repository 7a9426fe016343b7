using System.Globalization;
using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Bench.Paths;

/// <summary>
/// An instance of the kernel's tracing of this program's own: events in a buffer that nobody reads while they come, stamped with the TSC. What others trace is
/// left as it is. One that a killed process left behind is made anew.
/// </summary>
internal sealed class KernelTrace : IDisposable
{
    /// <summary>Where Linux shows its tracing.</summary>
    public const string DefaultRoot = "/sys/kernel/tracing";

    private const string Clock = "x86-tsc", BufferKiB = "8192", EntriesLine = "# entries-in-buffer/entries-written: ";
    private readonly string _folder;
    private readonly List<string> _enabled = [];

    private KernelTrace(string folder) => _folder = folder;

    /// <summary>Begins to trace.</summary>
    /// <param name="root">Where tracefs is mounted.</param>
    /// <param name="name">Name of the instance.</param>
    /// <param name="events">Each as SYSTEM/NAME, with the filter of its records; an empty one takes all.</param>
    /// <exception cref="GuestSetupException">It cannot be had.</exception>
    public static KernelTrace Begin(string root, string name, params ReadOnlySpan<(string Name, string Filter)> events)
    {
        KernelTrace trace = new(Path.Combine(root, "instances", name));
        try
        {
            if (Directory.Exists(trace._folder))
            {
                Directory.Delete(trace._folder);
            }

            Directory.CreateDirectory(trace._folder);
            trace.Write("trace_clock", Clock);
            trace.Write("buffer_size_kb", BufferKiB);
            foreach ((string kind, string filter) in events)
            {
                if (filter.Length > 0)
                {
                    trace.Write($"events/{kind}/filter", filter);
                }

                trace._enabled.Add(kind);
                trace.Write($"events/{kind}/enable", "1");
            }

            return trace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            trace.Dispose();
            throw new GuestSetupException($"The kernel's tracing cannot be used: {e.Message.TrimEnd('.')}. It takes root, tracefs (mount -t tracefs tracefs {root}) and a loaded KVM module.", e);
        }
    }

    /// <summary>The lines so far, oldest first.</summary>
    /// <exception cref="GuestSetupException">The buffer was too small.</exception>
    public IEnumerable<string> Lines()
    {
        foreach (string line in File.ReadLines(Path.Combine(_folder, "trace")))
        {
            if (line.StartsWith(EntriesLine, StringComparison.Ordinal) && line[EntriesLine.Length..].Split('/', ' ') is [string kept, string written, ..] && kept != written)
            {
                throw new GuestSetupException(string.Create(CultureInfo.InvariantCulture, $"Of {written} records the kernel's trace kept {kept}: mark fewer bursts in one run."));
            }

            yield return line;
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        try
        {
            foreach (string kind in _enabled)
            {
                Write($"events/{kind}/enable", "0");
            }

            if (Directory.Exists(_folder))
            {
                Directory.Delete(_folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one to begin tries again.
        }
    }

    // Neither made nor truncated, and in one write.
    private void Write(string file, string text)
    {
        using FileStream stream = new(Path.Combine(_folder, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }
}
