using System.Collections;
using System.Runtime.InteropServices;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Guest;

/// <summary>
/// A child process pinned to one CPU from its first instruction, in a process group of its own so that the terminal's Ctrl-C
/// does not reach it.
/// </summary>
// SAFETY: structures on the stack have glibc's layout; the vectors end with a null and are freed after posix_spawn has copied them.
internal sealed unsafe class HostProcessChild
{
    /// <summary>Descriptors the child finds.</summary>
    public const int CallFd = 3, StatusFd = 4;

    private const int FirstFreeFd = 64;
    private readonly Lock _lock = new();
    private bool _reaped;

    private HostProcessChild(int pid) => Pid = pid;

    public int Pid { get; }

    public static HostProcessChild Spawn(
        string elf, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, int cpu, int outputFd, int callFd, int statusFd)
    {
        // Sources above the targets: a dup2 must not overwrite a descriptor that a later one copies.
        int output = LibC.fcntl(outputFd, LibC.F_DUPFD_CLOEXEC, FirstFreeFd);
        int call = LibC.fcntl(callFd, LibC.F_DUPFD_CLOEXEC, FirstFreeFd);
        int status = LibC.fcntl(statusFd, LibC.F_DUPFD_CLOEXEC, FirstFreeFd);
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        Check(LibC.posix_spawn_file_actions_init(&actions));
        Check(LibC.posix_spawnattr_init(&attributes));
        byte** argv = null;
        byte** envp = null;
        try
        {
            Check(LibC.posix_spawn_file_actions_addopen(&actions, LibC.STDIN_FILENO, "/dev/null", LibC.O_RDONLY, 0));
            Check(LibC.posix_spawn_file_actions_adddup2(&actions, output, LibC.STDOUT_FILENO));
            Check(LibC.posix_spawn_file_actions_adddup2(&actions, output, LibC.STDERR_FILENO));
            Check(LibC.posix_spawn_file_actions_adddup2(&actions, call, CallFd));
            Check(LibC.posix_spawn_file_actions_adddup2(&actions, status, StatusFd));
            SetAttributes(&attributes);
            argv = StringVector(arguments);
            envp = StringVector(EnvironmentText.Merge([.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => $"{e.Key}={e.Value}")], environment));
            return SpawnPinned(elf, cpu, &actions, &attributes, argv, envp);
        }
        finally
        {
            _ = LibC.posix_spawn_file_actions_destroy(&actions);
            _ = LibC.posix_spawnattr_destroy(&attributes);
            Free(argv);
            Free(envp);
            LibC.close(output);
            LibC.close(call);
            LibC.close(status);
        }
    }

    /// <summary>SIGKILL, unless the child has ended.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (!_reaped)
            {
                _ = LibC.kill(Pid, LibC.SIGKILL);
            }
        }
    }

    /// <summary>Blocks until the child ends.</summary>
    /// <returns>Its wait status.</returns>
    public int WaitAndReap()
    {
        byte* info = stackalloc byte[128];
        while (LibC.waitid(LibC.P_PID, Pid, info, LibC.WEXITED | LibC.WNOWAIT) < 0 && LibC.errno == LibC.EINTR)
        {
        }

        lock (_lock) // until the reaping the pid cannot have been given to another process
        {
            int status = 0;
            while (LibC.waitpid(Pid, &status, 0) < 0 && LibC.errno == LibC.EINTR)
            {
            }

            _reaped = true;
            return status;
        }
    }

    private static void SetAttributes(posix_spawnattr_t* attributes)
    {
        ulong* mask = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Clear();
        Check(LibC.posix_spawnattr_setsigmask(attributes, mask));
        mask[0] = 1UL << (LibC.SIGPIPE - 1); // .NET ignores it, and an ignored signal survives exec
        Check(LibC.posix_spawnattr_setsigdefault(attributes, mask));
        Check(LibC.posix_spawnattr_setpgroup(attributes, 0));
        Check(LibC.posix_spawnattr_setflags(
            attributes, LibC.POSIX_SPAWN_SETPGROUP | LibC.POSIX_SPAWN_SETSIGDEF | LibC.POSIX_SPAWN_SETSIGMASK));
    }

    // The child inherits the affinity of the thread that spawns it.
    private static HostProcessChild SpawnPinned(
        string elf, int cpu, posix_spawn_file_actions_t* actions, posix_spawnattr_t* attributes, byte** argv, byte** envp)
    {
        int failed = ThreadAffinity.Get(out cpu_set_t before);
        failed = failed != 0 ? failed : ThreadAffinity.Pin(cpu);
        if (failed != 0)
        {
            throw new GuestSetupException($"Cannot pin the guest to CPU {cpu}: {LibC.strerror(failed)}. Give a CPU that this process may use with --cpu.");
        }

        int pid;
        int error = LibC.posix_spawn(&pid, elf, actions, attributes, argv, envp);
        _ = ThreadAffinity.Set(before);
        return error == 0
            ? new HostProcessChild(pid)
            : throw new GuestSetupException($"Cannot run {elf}: {LibC.strerror(error)}.{Remedy(error)}");
    }

    private static string Remedy(int error) => error switch
    {
        LibC.EACCES => " Make it executable: chmod +x.",
        LibC.ENOEXEC => " It is no x86-64 Linux program.",
        _ => "",
    };

    private static byte** StringVector(IReadOnlyList<string> strings)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Count; i++)
        {
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        return vector;
    }

    private static void Free(byte** vector)
    {
        for (byte** entry = vector; entry != null && *entry != null; entry++)
        {
            Marshal.FreeCoTaskMem((nint)(*entry));
        }

        NativeMemory.Free(vector);
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new GuestSetupException($"Cannot prepare the guest process: {LibC.strerror(error)}.");
        }
    }
}
