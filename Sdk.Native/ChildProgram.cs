using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PollScale.Native;

/// <summary>
/// A program of the house run as a child, in a process group of its own, so that neither the terminal's Ctrl-C nor a stop of the group reaches it. It has
/// the environment and standard error of its parent, no other stream, and the descriptors that it is given.
/// </summary>
// SAFETY: structures on the stack have glibc's layout; the vector ends with a null and is freed after posix_spawn has copied it.
internal sealed unsafe class ChildProgram
{
    /// <summary>The first descriptor that a child is given; the others follow.</summary>
    public const int FirstFd = 3;

    private const int FirstFreeFd = 64;
    private bool _reaped;

    private ChildProgram(int pid) => Pid = pid;

    /// <summary>Its process id, until it is reaped.</summary>
    public int Pid { get; }

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Arguments after its name.</param>
    /// <param name="descriptors">Descriptors that it finds from <see cref="FirstFd"/> on; they stay open here.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static ChildProgram Start(string program, IReadOnlyList<string> arguments, ReadOnlySpan<int> descriptors)
    {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        Check(LibC.posix_spawn_file_actions_init(&actions), program);
        Check(LibC.posix_spawnattr_init(&attributes), program);
        List<int> copies = [];
        byte** argv = Vector([program, .. arguments]);
        byte** environment = Vector(EnvironmentStrings());
        try
        {
            Check(LibC.posix_spawn_file_actions_addopen(&actions, LibC.STDIN_FILENO, "/dev/null", LibC.O_RDONLY, 0), program);
            Check(LibC.posix_spawn_file_actions_addopen(&actions, LibC.STDOUT_FILENO, "/dev/null", LibC.O_WRONLY, 0), program);
            foreach (int descriptor in descriptors)
            {
                // Above all targets: a dup2 must not overwrite a descriptor that a later one copies, and of one to itself it would stay closed on exec.
                int copy = LibC.fcntl(descriptor, LibC.F_DUPFD_CLOEXEC, FirstFreeFd);
                copies.Add(copy < 0 ? throw Errno.Failure($"handing a descriptor to {program}") : copy);
                Check(LibC.posix_spawn_file_actions_adddup2(&actions, copy, FirstFd + copies.Count - 1), program);
            }

            SetAttributes(&attributes, program);
            int pid;
            Check(LibC.posix_spawn(&pid, program, &actions, &attributes, argv, environment), program);
            return new ChildProgram(pid);
        }
        finally
        {
            _ = LibC.posix_spawn_file_actions_destroy(&actions);
            _ = LibC.posix_spawnattr_destroy(&attributes);
            Free(argv);
            Free(environment);
            copies.ForEach(copy => _ = LibC.close(copy));
        }
    }

    /// <summary>Waits for its end, and reaps it.</summary>
    /// <param name="patience">Longest wait.</param>
    /// <param name="what">What it ended with, in words; empty while it has not.</param>
    /// <returns>False while it has not ended.</returns>
    public bool TryReap(TimeSpan patience, out string what)
    {
        const int LookMs = 5;
        what = "";
        for (long until = Environment.TickCount64 + (long)patience.TotalMilliseconds; !_reaped; Thread.Sleep(LookMs))
        {
            int status;
            int reaped = LibC.waitpid(Pid, &status, LibC.WNOHANG);
            if (reaped == Pid)
            {
                _reaped = true;
                what = LibC.WIFEXITED(status) ? $"status {LibC.WEXITSTATUS(status)}" : $"signal {LibC.WTERMSIG(status)}";
            }
            else if (reaped < 0 && LibC.errno != LibC.EINTR)
            {
                _reaped = true; // somebody else has
            }
            else if (Environment.TickCount64 >= until)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends it: waits for so long, then kills it.</summary>
    /// <returns>What it ended with.</returns>
    public string End(TimeSpan patience)
    {
        if (!TryReap(patience, out string what))
        {
            _ = LibC.kill(Pid, LibC.SIGKILL); // until it is reaped the pid is nobody else's
            TryReap(TimeSpan.MaxValue, out what);
        }

        return what;
    }

    private static void SetAttributes(posix_spawnattr_t* attributes, string program)
    {
        ulong* mask = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Clear();
        Check(LibC.posix_spawnattr_setsigmask(attributes, mask), program);
        Check(LibC.posix_spawnattr_setpgroup(attributes, 0), program);
        Check(LibC.posix_spawnattr_setflags(attributes, LibC.POSIX_SPAWN_SETPGROUP | LibC.POSIX_SPAWN_SETSIGMASK), program);
    }

    private static string[] EnvironmentStrings()
    {
        List<string> all = [];
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            all.Add($"{entry.Key}={entry.Value}");
        }

        return [.. all];
    }

    private static byte** Vector(string[] strings)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)strings.Length + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Length; i++)
        {
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        return vector;
    }

    private static void Free(byte** vector)
    {
        for (byte** entry = vector; *entry != null; entry++)
        {
            Marshal.FreeCoTaskMem((nint)(*entry));
        }

        NativeMemory.Free(vector);
    }

    private static void Check(int error, string program)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"starting {program} failed: {LibC.strerror(error)}.");
        }
    }
}
