using PollScale.HostStub.Kvm;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;

namespace PollScale.HostStub.Cli;

/// <summary>Tells what this machine refused from defects of hoststub. The only place that does, for whatever no command has dealt with itself.</summary>
internal static class EnvironmentFailure
{
    private const string Limits = "Raise the limit that is in force: ulimit -u, -v or -n, or the cgroup's (systemd: TasksMax, MemoryMax; files: pids.max, memory.max).";
    private const int EMFILE = 24, ENFILE = 23, ENOMEM = 12, ENOSPC = 28, EDQUOT = 122, EROFS = 30, EPERM = 1, EACCES = 13, EAGAIN = 11;

    /// <summary>What the machine refused and what to do; null where it is nothing that a machine refuses.</summary>
    /// <param name="failure">The exception, with those behind it.</param>
    public static string? Describe(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            if (Of(e) is string text)
            {
                return text;
            }
        }

        return failure is AggregateException several ? several.InnerExceptions.Select(Describe).FirstOrDefault(text => text is not null) : null;
    }

    private static string? Of(Exception e) => e switch
    {
        ThreadStartException => $"the system starts no more threads for this process. {Limits}",
        OutOfMemoryException => $"too little memory, or no further thread, for this process. {Limits}",
        KvmException kvm when Remedy(kvm.Errno) is { Length: > 0 } remedy => $"{kvm.Message} {remedy}",
        GuestSetupException or PlacementException => e.Message,
        UnauthorizedAccessException => $"{e.Message} Check owner and mode, or start it as a user who may.",
        IOException io when Remedy(io.HResult) is { Length: > 0 } remedy => $"{io.Message.TrimEnd('.')}. {remedy}",
        FileNotFoundException or FileLoadException when ProcessLimits.OpenFilesLeft() < ProcessLimits.SpareFiles => $"no further file can be opened. {Limits}",
        DllNotFoundException => $"a library is missing: {e.Message.Split('\n')[0]}",
        _ => null,
    };

    private static string Remedy(int errno) => errno switch
    {
        EMFILE or ENFILE or ENOMEM or EAGAIN => Limits,
        ENOSPC or EDQUOT => "Make room on that file system.",
        EROFS => "Name a folder that can be written.",
        EPERM or EACCES => "Check owner and mode, or start it as a user who may.",
        _ => "",
    };
}
