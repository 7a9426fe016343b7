using System.ComponentModel;
using PollScale.Native;

namespace PollScale.HostStub.Cli;

/// <summary>Failures that are the machine's, not a defect: a limit reached, a disk full, a file that may not be used.</summary>
internal static class MachineFailure
{
    /// <summary>What happened and what to do; null for anything else.</summary>
    public static string? Describe(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            int error = e is Win32Exception native ? native.NativeErrorCode : e is IOException ? e.HResult : 0;
            if (WhatToDo(error) is string remedy)
            {
                return $"{Sentence(failure.Message)} {remedy}";
            }

            if (e is Win32Exception or IOException or UnauthorizedAccessException or OutOfMemoryException)
            {
                return Sentence(failure.Message);
            }
        }

        return null;
    }

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
