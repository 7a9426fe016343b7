using System.ComponentModel;
using System.Globalization;
using System.Text;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>
/// KVM's tracepoint of hypercalls, kvm:kvm_hypercall. It fires before KVM looks at the privilege level, so a process of the guest is seen too.
/// </summary>
/// <param name="Id">Its number.</param>
/// <param name="Sequence">Where rcx lies in its records.</param>
internal sealed record HypercallTracepoint(int Id, TracepointField Sequence)
{
    /// <summary>Name of the format file where systemd hands it over: tracefs is root's alone.</summary>
    public const string Credential = "kvm_hypercall";

    private const string InTracefs = "events/kvm/kvm_hypercall/format";
    private const string NumberField = "nr", SequenceField = "a1";
    private const string Paranoid = "/proc/sys/kernel/perf_event_paranoid";

    /// <summary>Which hypercalls are recorded: those of the frequency ABI.</summary>
    public static string Filter { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{NumberField} >= 0x{HypercallAbi.NumberBase:x} && {NumberField} < 0x{HypercallAbi.NumberBase + 0x1_0000:x}");

    /// <summary>Finds it on this machine.</summary>
    /// <param name="problem">Why it cannot be found, with what to do.</param>
    public static HypercallTracepoint? Find(out string problem) => Find(Places(), out problem);

    /// <summary>Finds it.</summary>
    /// <param name="places">Paths where its format file may be; the first that can be read counts.</param>
    /// <param name="problem">Why it cannot be found, with what to do.</param>
    public static HypercallTracepoint? Find(IReadOnlyList<string> places, out string problem)
    {
        problem = $"KVM's tracepoint kvm:kvm_hypercall is not there ({places[0]}): mount tracefs (mount -t tracefs tracefs /sys/kernel/tracing) and load KVM (modprobe kvm_amd or kvm_intel).";
        foreach (string place in places)
        {
            try
            {
                if (Parse(Encoding.UTF8.GetString(SafeFile.Read(place, TracepointFormat.MostBytes))) is HypercallTracepoint found)
                {
                    problem = "";
                    return found;
                }

                problem = $"{place} tells of other fields than {NumberField} and {SequenceField}: this kernel's tracepoint is not known. Leave hypercall: out of the policy, the doorbell of the page does without.";
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // the next place may have it
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problem = $"{e.Message} tracefs is root's alone: run as root, or as a service with the drop-in observed.conf, by which systemd hands the file over.";
            }
        }

        return null;
    }

    /// <summary>Has a thread's hypercalls recorded from now on.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="problem">Why the kernel refuses, with what to do.</param>
    /// <returns>Null where it does.</returns>
    public ObservedThread? Observe(int thread, out string problem)
    {
        try
        {
            problem = "";
            return new ObservedThread(thread, TracepointEvent.Open(Id, thread, Filter), Sequence);
        }
        catch (Win32Exception e)
        {
            problem = $"{e.Message} {Remedy(e.NativeErrorCode)}";
            return null;
        }
    }

    /// <summary>Why hypercalls cannot be observed here, with what to do; null where they can. Tried on the calling thread, which passes no such tracepoint.</summary>
    public static string? WhyNot()
    {
        ObservedThread? tried = Find(out string problem)?.Observe(LibC.gettid(), out problem);
        tried?.Records.Dispose();
        return tried is null ? problem : null;
    }

    internal static HypercallTracepoint? Parse(string text) =>
        TracepointFormat.Parse(text) is TracepointFormat format && format[NumberField] is not null && format[SequenceField] is { Size: sizeof(ulong) } sequence
            ? new HypercallTracepoint(format.Id, sequence)
            : null;

    private static string[] Places() =>
    [
        $"/sys/kernel/tracing/{InTracefs}",
        $"/sys/kernel/debug/tracing/{InTracefs}",
        .. Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder ? (string[])[Path.Join(folder, Credential)] : [],
    ];

    private static string Remedy(int error) => error switch
    {
        LibC.EACCES or LibC.EPERM => $"To observe hypercalls takes CAP_PERFMON, kernel.perf_event_paranoid of at most 2{Level()} and the system call perf_event_open: the drop-in observed.conf of the unit gives "
            + "the first and the last, sysctl kernel.perf_event_paranoid=2 the second (and kernel.perf_event_mlock_kb more rings than it has room for); or run as root.",
        LibC.ESRCH => "The thread has ended.",
        LibC.ENOENT or LibC.EINVAL => "The tracepoint is not the one that its file tells of: KVM was loaded anew. Start hoststub again.",
        LibC.ENOSYS => "This kernel has no perf events (CONFIG_PERF_EVENTS).",
        _ => ChannelResources.Remedy(error),
    };

    private static string Level()
    {
        try
        {
            return $" (it is {Encoding.ASCII.GetString(SafeFile.Read(Paranoid, most: 64)).Trim()})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
