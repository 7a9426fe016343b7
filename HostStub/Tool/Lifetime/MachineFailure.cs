using System.ComponentModel;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Policy;
using PollScale.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Lifetime;

/// <summary>Failures that are the machine's, not a defect: a limit reached, a disk full, a file that may not be used. What no command has dealt with itself comes here.</summary>
internal static class MachineFailure
{
    private const string Limits = "Raise the limit that is in force: ulimit -u or -v, or the cgroup's (systemd: TasksMax, MemoryMax; files: pids.max, memory.max).";

    /// <summary>What happened and what to do; null for anything else.</summary>
    public static string? Describe(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            if (Of(e) is string text)
            {
                return text;
            }

            int error = e is Win32Exception native ? native.NativeErrorCode : e is IOException ? e.HResult : 0;
            if (WhatToDo(error) is string remedy)
            {
                return $"{Sentence(failure.Message)} {remedy}";
            }

            if (e is Win32Exception or IOException or UnauthorizedAccessException)
            {
                return Sentence(failure.Message);
            }
        }

        return (failure as AggregateException)?.InnerExceptions.Select(Describe).FirstOrDefault(text => text is not null);
    }

    private static string? Of(Exception e) => e switch
    {
        ThreadStartException or OutOfMemoryException => $"The system gives this process no more memory, or no more threads. {Limits}",
        GuestSetupException or PlacementException or HostUnusableException => e.Message,
        KvmException kvm when WhatToDo(kvm.Errno) is string remedy => $"{kvm.Message} {remedy}",
        DllNotFoundException => Sentence($"A library is missing: {e.Message.Split('\n')[0]}"),

        // The runtime cannot open its own parts then, and says that they are not there.
        FileNotFoundException or FileLoadException when ProcessLimits.OpenFilesLeft() < ProcessLimits.SpareFiles => WhatToDo(LibC.EMFILE),
        _ => null,
    };

    private static string? WhatToDo(int error) => error switch
    {
        LibC.EMFILE => "This process has as many files open as it may: raise the limit (ulimit -n, LimitNOFILE= of the unit).",
        LibC.ENFILE => "The machine has as many files open as it may: raise fs.file-max.",
        LibC.ENOMEM => "The machine, or this process's memory limit, has no memory left.",
        LibC.ENOSPC => "The disk is full.",
        _ => null,
    };

    private static string Sentence(string text) => text.EndsWith('.') ? text : $"{text}.";
}
